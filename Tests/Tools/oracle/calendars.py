"""Anchor dates: solar and lunar anniversaries, festivals. Lunar months come from sxtwl."""
import calendar
from datetime import date, timedelta
from functools import lru_cache

import sxtwl


@lru_cache(None)
def lunar_months(year):
    """{(month, is_leap): (first day, length)} of the lunar year that begins in Gregorian `year`."""
    months = {}
    day = date(year, 1, 15)
    while day < date(year + 1, 3, 1):
        lunar = sxtwl.fromSolar(day.year, day.month, day.day)
        if lunar.getLunarYear() == year:
            key = (lunar.getLunarMonth(), lunar.isLunarLeap())
            first, length = months.get(key, (day, 0))
            months[key] = (first, length + 1)
        day += timedelta(days=1)
    return months


def lunar_date(year, month, day, leap, settings):
    """First the month (leap rule), then the day; None when the settings skip this year."""
    months = lunar_months(year)
    if leap and (month, True) not in months:
        if settings["missing_lunar_leap_month"] == "skip":
            return None
        leap = False
    first, length = months[(month, leap)]
    if day > length:
        day = length if settings["missing_lunar_day_30"] == "last_day" else length + 1
    return first + timedelta(days=day - 1)


def solar_date(year, month, day, settings):
    if (month, day) == (2, 29) and not calendar.isleap(year):
        rule = settings["leap_day"]
        return {"feb_28": date(year, 2, 28), "mar_1": date(year, 3, 1)}.get(rule)
    return date(year, month, day)


def anniversary_in(year, recorded, settings):
    """`recorded` is {calendar, year or None, month, day, leap_month}."""
    if recorded["year"] is not None and year <= recorded["year"]:
        return None
    if recorded["calendar"] == "lunar":
        return lunar_date(year, recorded["month"], recorded["day"], recorded["leap_month"], settings)
    return solar_date(year, recorded["month"], recorded["day"], settings)


TERMS = ["xiaohan", "dahan", "lichun", "yushui", "jingzhe", "chunfen", "qingming", "guyu", "lixia", "xiaoman", "mangzhong",
         "xiazhi", "xiaoshu", "dashu", "liqiu", "chushu", "bailu", "qiufen", "hanlu", "shuangjiang", "lidong", "xiaoxue",
         "daxue", "dongzhi"]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@lru_cache(None)
def solar_term(year, name):
    """Two terms lie in each month."""
    number = TERMS.index(name)
    days = [day for day in range(1, 29) if sxtwl.fromSolar(year, number // 2 + 1, day).hasJieQi()]
    return date(year, number // 2 + 1, days[number % 2])


def nth_weekday(year, month, weekday, nth):
    """None in a month without it."""
    days = [week[WEEKDAYS.index(weekday)] for week in calendar.monthcalendar(year, int(month))]
    days = [day for day in days if day]
    return date(year, int(month), days[int(nth) - 1]) if int(nth) <= len(days) else None


NTH = {"mothers_day": (5, "sunday", 2), "fathers_day": (6, "sunday", 3), "thanksgiving": (11, "thursday", 4)}


LUNAR = {"spring_festival": (1, 1), "lantern": (1, 15), "dragon_boat": (5, 5), "qixi": (7, 7),
         "mid_autumn": (8, 15), "double_ninth": (9, 9)}
SOLAR = {"new_year": (1, 1), "valentines": (2, 14), "womens_day": (3, 8), "labour_day": (5, 1),
         "national_day": (10, 1), "singles_day": (11, 11), "christmas": (12, 25)}


def festival(name, year, settings):
    if name in ("qingming", "winter_solstice"):
        return solar_term(year, {"winter_solstice": "dongzhi"}.get(name, name))
    if name == "new_years_eve":
        return lunar_date(year, 1, 1, False, settings["birthdays"]) - timedelta(days=1)
    if name in NTH:
        return nth_weekday(year, *NTH[name])
    if name in LUNAR:
        return lunar_date(year, *LUNAR[name], False, settings["birthdays"])
    if name in SOLAR:
        return date(year, *SOLAR[name])
    for own in settings["festivals"]:
        if own["name"] == name:
            if "solar_term" in own:
                return solar_term(year, own["solar_term"])
            if "nth" in own:
                return nth_weekday(year, own["month"], own["weekday"], own["nth"])
            if "lunar" in own:
                month, day = map(int, own["lunar"].split("-"))
                return lunar_date(year, month, day, False, settings["birthdays"])
            month, day = map(int, own["on"].split("-"))
            return solar_date(year, month, day, settings["birthdays"])
    raise KeyError(name)
