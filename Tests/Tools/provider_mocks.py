"""The cloud providers on one loopback port over TLS. Each proves every request by the provider's published algorithm, in
code of its own, and answers a wrong one as the provider does.

    provider_mocks.py CERTIFICATE KEY

Prints its port, then one line of JSON for each request that it took. Ends with its standard input. The accounts are those of
`ACCOUNTS`; nothing else is known here.
"""
import base64
import datetime
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import threading
import time
import urllib.parse

ACCOUNTS = {
    "aliyun": ("LTAImock", "aliyunSecret"),
    "tencent": ("AKIDmock", "tencentSecret"),
    "twilio": ("ACmock", "twilioToken"),
    "wechat": ("wxmock", "wechatSecret"),
    "wecom": ("wwmock", "wecomSecret"),
    "wecom_robot": "robotKey",
    "dingtalk": ("dingToken", "SECding"),
    "feishu": ("feishuHook", "feishuSecret"),
    "webhook": "d2ViaG9va1NlY3JldA==",
}
TOKENS = {"wechat": "wechat_token_1", "wecom": "wecom_token_1"}

output = threading.Lock()
used_nonces = set()
tasks = {}


def say(what):
    with output:
        print(json.dumps(what), flush=True)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, message, algorithm="sha256"):
    return hmac.new(key, message, algorithm).digest()


def quoted(text):
    return urllib.parse.quote(text, safe="-_.~")


def canonical_query(pairs):
    return "&".join(f"{quoted(k)}={quoted(v)}" for k, v in sorted(pairs))


class Refusal(Exception):
    """The provider's answer to a request that brings no message, or none that is taken."""

    def __init__(self, status, body):
        self.status, self.body = status, body


class Request:
    def __init__(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        self.method, self.path = handler.command, url.path
        self.query = urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
        self.headers = {name.lower(): value.strip() for name, value in handler.headers.items()}
        self.body = handler.rfile.read(int(self.headers.get("content-length", "0")))

    @property
    def form(self):
        return urllib.parse.parse_qsl(self.body.decode("utf-8"), keep_blank_values=True)

    @property
    def json(self):
        return json.loads(self.body.decode("utf-8"))

    def parameter(self, name):
        return dict(self.query).get(name)


def seconds_off(stamp):
    return abs(time.time() - stamp)


def utc(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()


# Aliyun: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature and, for the older form,
# https://help.aliyun.com/zh/sdk/product-overview/rpc-mechanism

def aliyun_refusal(status, code):
    return Refusal(status, {"Code": code, "Message": "refused", "RequestId": "r", "HostId": "h", "Recommend": "u"})


def aliyun_check(key_id, stamp, nonce, signature, expected):
    if key_id != ACCOUNTS["aliyun"][0]:
        raise aliyun_refusal(404, "InvalidAccessKeyId.NotFound")
    if seconds_off(utc(stamp)) > 15 * 60:
        raise aliyun_refusal(400, "InvalidTimeStamp.Expired")
    if not hmac.compare_digest(signature, expected):
        raise aliyun_refusal(400, "SignatureDoesNotMatch")
    if nonce in used_nonces:
        raise aliyun_refusal(400, "SignatureNonceUsed")
    used_nonces.add(nonce)


def aliyun_acs3(request):
    scheme, _, rest = request.headers["authorization"].partition(" ")
    fields = dict(part.split("=", 1) for part in rest.split(","))
    signed = fields["SignedHeaders"].split(";")
    wanted = {"host"} | {name for name in request.headers if name.startswith("x-acs-")}
    if scheme != "ACS3-HMAC-SHA256" or signed != sorted(signed) or not wanted <= set(signed):
        raise aliyun_refusal(400, "IncompleteSignature")
    if request.headers["x-acs-content-sha256"] != sha256(request.body):
        raise aliyun_refusal(400, "SignatureDoesNotMatch")
    headers = "".join(f"{name}:{request.headers[name]}\n" for name in signed)
    canonical = "\n".join([
        request.method, request.path, canonical_query(request.query), headers, ";".join(signed), sha256(request.body)])
    to_sign = f"ACS3-HMAC-SHA256\n{sha256(canonical.encode())}"
    expected = mac(ACCOUNTS["aliyun"][1].encode(), to_sign.encode()).hex()
    aliyun_check(
        fields["Credential"], request.headers["x-acs-date"], request.headers["x-acs-signature-nonce"],
        fields["Signature"], expected)
    return aliyun_send(
        dict(request.query), request.headers["x-acs-action"], request.headers["x-acs-version"], "aliyun acs3")


def aliyun_rpc(request):
    pairs = request.query + request.form
    values = dict(pairs)
    unsigned = [(k, v) for k, v in pairs if k != "Signature"]
    to_sign = f"{request.method}&%2F&{quoted(canonical_query(unsigned))}"
    key = ACCOUNTS["aliyun"][1] + "&"
    expected = base64.b64encode(mac(key.encode(), to_sign.encode(), "sha1")).decode()
    if (values["SignatureMethod"], values["SignatureVersion"]) != ("HMAC-SHA1", "1.0"):
        raise aliyun_refusal(400, "IncompleteSignature")
    aliyun_check(
        values["AccessKeyId"], values["Timestamp"], values["SignatureNonce"], values["Signature"], expected)
    return aliyun_send(values, values["Action"], values["Version"], "aliyun rpc-v1")


def aliyun_send(values, action, version, name):
    if (action, version) != ("SendSms", "2017-05-25"):
        raise aliyun_refusal(404, "InvalidAction.NotFound")
    text = json.loads(values["TemplateParam"])
    return name, values["PhoneNumbers"], text, 200, {
        "Code": "OK", "Message": "OK", "RequestId": "r", "BizId": "900619746936498440^0"}


# Tencent: https://cloud.tencent.com/document/api/382/52072

def tencent_refusal(code):
    return Refusal(200, {"Response": {"Error": {"Code": code, "Message": "refused"}, "RequestId": "r"}})


def tencent(request):
    secret_id, secret_key = ACCOUNTS["tencent"]
    scheme, _, rest = request.headers["authorization"].partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    key_id, scope = fields["Credential"].split("/", 1)
    stamp = int(request.headers["x-tc-timestamp"])
    date = time.strftime("%Y-%m-%d", time.gmtime(stamp))
    if scheme != "TC3-HMAC-SHA256" or scope != f"{date}/sms/tc3_request":
        raise tencent_refusal("AuthFailure.InvalidAuthorization")
    if key_id != secret_id:
        raise tencent_refusal("AuthFailure.SecretIdNotFound")
    if seconds_off(stamp) > 5 * 60:
        raise tencent_refusal("AuthFailure.SignatureExpire")
    signed = fields["SignedHeaders"].split(";")
    if not {"content-type", "host"} <= set(signed):
        raise tencent_refusal("AuthFailure.SignatureFailure")
    # Names and values in lower case, but for what is signed as it was sent.
    values = {n: v if n in ("content-type", "host") else v.lower() for n, v in request.headers.items()}
    canonical = "\n".join([
        request.method, "/", "", "".join(f"{n}:{values[n]}\n" for n in signed), ";".join(signed), sha256(request.body)])
    to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode())}"
    key = ("TC3" + secret_key).encode()
    for step in scope.split("/"):
        key = mac(key, step.encode())
    if not hmac.compare_digest(mac(key, to_sign.encode()).hex(), fields["Signature"]):
        raise tencent_refusal("AuthFailure.SignatureFailure")
    if (request.headers["x-tc-action"], request.headers["x-tc-version"]) != ("SendSms", "2021-01-11"):
        raise tencent_refusal("InvalidAction")
    body = request.json
    numbers = body["PhoneNumberSet"]
    # In another order than they were asked in; each has a serial number of its own.
    statuses = [
        {"SerialNo": f"5000:{1045710669157053657849499619 + index}", "PhoneNumber": number, "Fee": 1, "Code": "Ok",
         "SessionContext": body.get("SessionContext", ""), "Message": "send success", "IsoCode": "CN"}
        for index, number in reversed(list(enumerate(sorted(numbers))))]
    return "tencent", ",".join(numbers), body["TemplateParamSet"], 200, {
        "Response": {"SendStatusSet": statuses, "RequestId": "r"}}


# Twilio: https://www.twilio.com/docs/usage/requests-to-twilio

def twilio(request):
    account, token = ACCOUNTS["twilio"]
    scheme, _, login = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic" or base64.b64decode(login).decode() != f"{account}:{token}":
        raise Refusal(401, {"code": 20003, "message": "Authenticate", "more_info": "u", "status": 401})
    if request.path != f"/2010-04-01/Accounts/{account}/Messages.json":
        raise Refusal(404, {"code": 20404, "message": "not found", "status": 404})
    values = dict(request.form)
    return "twilio", values["To"], values["Body"], 201, {
        "sid": "SM0123456789abcdef0123456789abcdef", "status": "queued", "num_segments": "1", "error_code": None}


# WeChat: https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken

def wechat_token(request):
    body = request.json
    if body["appid"] != ACCOUNTS["wechat"][0]:
        raise Refusal(200, {"errcode": 40013, "errmsg": "invalid appid"})
    if body["secret"] != ACCOUNTS["wechat"][1]:
        raise Refusal(200, {"errcode": 40125, "errmsg": "invalid appsecret"})
    if body["grant_type"] != "client_credential":
        raise Refusal(200, {"errcode": 40002, "errmsg": "invalid grant_type"})
    raise Refusal(200, {"access_token": TOKENS["wechat"], "expires_in": 7200})


def with_token(request, provider):
    if request.parameter("access_token") != TOKENS[provider]:
        raise Refusal(200, {"errcode": 40014, "errmsg": "invalid access_token"})
    if b"\\u" in request.body:
        raise Refusal(200, {"errcode": 40033, "errmsg": "unsupport_charset"})
    return request.json


def wechat_template(request):
    body = with_token(request, "wechat")
    values = {name: value["value"] for name, value in body["data"].items()}
    return "wechat template", body["touser"], values, 200, {
        "errcode": 0, "errmsg": "ok", "msgid": 4294967296123456789}


def wechat_subscription(request):
    body = with_token(request, "wechat")
    values = {name: value["value"] for name, value in body["data"].items()}
    return "wechat subscription", body["touser"], values, 200, {"errcode": 0, "errmsg": "ok"}


def wechat_text(request):
    body = with_token(request, "wechat")
    return "wechat text", body["touser"], body["text"]["content"], 200, {"errcode": 0, "errmsg": "ok"}


# WeCom: https://developer.work.weixin.qq.com/document/path/91039 and 92135

def wecom_token(request):
    if request.parameter("corpid") != ACCOUNTS["wecom"][0]:
        raise Refusal(200, {"errcode": 40013, "errmsg": "invalid corpid"})
    if request.parameter("corpsecret") != ACCOUNTS["wecom"][1]:
        raise Refusal(200, {"errcode": 40001, "errmsg": "invalid credential"})
    raise Refusal(200, {"errcode": 0, "errmsg": "ok", "access_token": TOKENS["wecom"], "expires_in": 7200})


def wecom_app(request):
    body = with_token(request, "wecom")
    return "wecom app", body["touser"], body["text"]["content"], 200, {
        "errcode": 0, "errmsg": "ok", "msgid": "UsqRzmRgA4DKL8KBVzkXQ"}


def wecom_task(request):
    body = with_token(request, "wecom")
    if body["chat_type"] != "single":
        raise Refusal(200, {"errcode": 40058, "errmsg": "chat_type"})
    customer, = body["external_userid"]
    task = f"task_{customer}"
    # The clerk confirms what asks for it, and leaves the rest.
    status = 1 if "confirm" in body["text"]["content"] else 0
    tasks[task] = {"customer": customer, "clerk": body.get("sender", "wangfang"), "status": status, "cancelled": False}
    return "wecom task", customer, body["text"]["content"], 200, {
        "errcode": 0, "errmsg": "ok", "fail_list": [], "msgid": task}


def wecom_known_task(request):
    task = tasks.get(with_token(request, "wecom")["msgid"])
    if task is None:
        raise Refusal(200, {"errcode": 40058, "errmsg": "invalid msgid"})
    return task


def wecom_clerks(request):
    task = wecom_known_task(request)
    raise Refusal(200, {
        "errcode": 0, "errmsg": "ok", "next_cursor": "",
        "task_list": [{"userid": task["clerk"], "status": 2 if task["status"] else 0}]})


def wecom_results(request):
    task = wecom_known_task(request)
    # One item a page, so that whoever does not turn the page sees a stranger only.
    stranger = {"external_userid": "wmStranger", "userid": task["clerk"], "status": 1, "send_time": 1795330800}
    own = {"external_userid": task["customer"], "userid": task["clerk"], "status": task["status"]}
    if request.json["userid"] != task["clerk"]:
        raise Refusal(200, {"errcode": 40003, "errmsg": "invalid userid"})
    if request.json.get("cursor") == "page2":
        raise Refusal(200, {"errcode": 0, "errmsg": "ok", "next_cursor": "", "send_list": [own]})
    raise Refusal(200, {"errcode": 0, "errmsg": "ok", "next_cursor": "page2", "send_list": [stranger]})


def wecom_cancel(request):
    task = wecom_known_task(request)
    if task["status"] or task["cancelled"]:
        raise Refusal(200, {"errcode": 41062, "errmsg": "not to be cancelled"})
    task["cancelled"] = True
    raise Refusal(200, {"errcode": 0, "errmsg": "ok"})


def wecom_robot(request):
    if request.parameter("key") != ACCOUNTS["wecom_robot"]:
        raise Refusal(200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    return "wecom robot", None, request.json["text"]["content"], 200, {"errcode": 0, "errmsg": "ok"}


# DingTalk: https://open.dingtalk.com/document/robots/customize-robot-security-settings

def dingtalk(request):
    token, secret = ACCOUNTS["dingtalk"]
    if request.parameter("access_token") != token:
        raise Refusal(200, {"errcode": 300001, "errmsg": "token is not exist"})
    stamp = request.parameter("timestamp") or "0"
    expected = base64.b64encode(mac(secret.encode(), f"{stamp}\n{secret}".encode())).decode()
    if seconds_off(int(stamp) / 1000) > 3600 or not hmac.compare_digest(request.parameter("sign") or "", expected):
        raise Refusal(200, {"errcode": 310000, "errmsg": "sign not match, more: [u]"})
    return "dingtalk", None, request.json["text"]["content"], 200, {"errcode": 0, "errmsg": "ok"}


# Feishu: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot

def feishu(request):
    hook, secret = ACCOUNTS["feishu"]
    if request.path.rsplit("/", 1)[-1] != hook:
        raise Refusal(200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})
    body = request.json
    stamp = body.get("timestamp", "0")
    expected = base64.b64encode(mac(f"{stamp}\n{secret}".encode(), b"")).decode()
    if seconds_off(int(stamp)) > 3600 or not hmac.compare_digest(body.get("sign", ""), expected):
        raise Refusal(200, {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
    return "feishu", None, body["content"]["text"], 200, {"StatusCode": 0, "code": 0, "data": {}, "msg": "success"}


# Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

def webhook(request):
    message, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    signed = f"{message}.{stamp}.".encode() + request.body
    expected = "v1," + base64.b64encode(mac(base64.b64decode(ACCOUNTS["webhook"]), signed)).decode()
    given = request.headers["webhook-signature"].split(" ")
    if seconds_off(int(stamp)) > 5 * 60 or not any(hmac.compare_digest(expected, one) for one in given):
        raise Refusal(401, {"error": "signature"})
    return "webhook", request.json["to"], request.json["text"], 200, {"id": "hook-1"}


ROUTES = {
    "/cgi-bin/stable_token": wechat_token,
    "/cgi-bin/message/template/send": wechat_template,
    "/cgi-bin/message/subscribe/send": wechat_subscription,
    "/cgi-bin/message/subscribe/bizsend": wechat_subscription,
    "/cgi-bin/message/custom/send": wechat_text,
    "/cgi-bin/gettoken": wecom_token,
    "/cgi-bin/message/send": wecom_app,
    "/cgi-bin/webhook/send": wecom_robot,
    "/cgi-bin/externalcontact/add_msg_template": wecom_task,
    "/cgi-bin/externalcontact/get_groupmsg_task": wecom_clerks,
    "/cgi-bin/externalcontact/get_groupmsg_send_result": wecom_results,
    "/cgi-bin/externalcontact/cancel_groupmsg_send": wecom_cancel,
    "/robot/send": dingtalk,
    "/in": webhook,
}


def route(request):
    if request.path in ROUTES:
        return ROUTES[request.path](request)
    if request.path.startswith("/2010-04-01/"):
        return twilio(request)
    if request.path.startswith("/open-apis/bot/v2/hook/"):
        return feishu(request)
    if "x-tc-action" in request.headers:
        return tencent(request)
    if "x-acs-action" in request.headers:
        return aliyun_acs3(request)
    if request.path == "/":
        return aliyun_rpc(request)
    raise Refusal(404, {"error": "not found"})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        try:
            provider, to, text, status, body = route(Request(self))
            say({"provider": provider, "to": to, "text": json.dumps(text, ensure_ascii=False)})
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        except (KeyError, ValueError) as error:
            # A field is missing or is not what the provider reads there.
            status, body = 400, {"error": repr(error)}
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def main():
    certificate, key = sys.argv[1:]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # The handshake is the connection's own thread's.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(server.server_address[1])
    sys.stdin.read()


if __name__ == "__main__":
    main()
