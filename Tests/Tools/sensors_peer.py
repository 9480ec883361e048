#!/usr/bin/env python3
"""The real client of Sensors Analytics against a gateway.

    sensors_peer.py PORT KEY

Tracks an event of a device, sets the profile of a member, signs the device up as the member, and repeats one event. The
client raises where it is not answered 200.
"""
import datetime
import sys

from sensorsanalytics import BatchConsumer, DefaultConsumer, SensorsAnalytics

url = f"http://127.0.0.1:{sys.argv[1]}/sa?project=default&token={sys.argv[2]}"
now = datetime.datetime.now() - datetime.timedelta(minutes=5)
for consumer in (DefaultConsumer(url), BatchConsumer(url, max_size=2)):
    client = SensorsAnalytics(consumer)
    client.track("d1", "product_viewed", {"sku": "A", "$time": now})
    client.profile_set("m1", {"$name": "林小姐", "phone": "13800000001"}, is_login_id=True)
    client.track("m1", "order_completed", {"order_id": "o1", "total": 299.5, "$time": now}, is_login_id=True)
    client.track_signup("m1", "d1")
    client.close()
