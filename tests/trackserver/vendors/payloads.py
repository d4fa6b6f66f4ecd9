"""Requests of each vendor, written from its documentation, with what they mean to us."""

import json
from dataclasses import dataclass
from typing import Any

from app.trackserver.words import EventType, Source

NOON = 1_790_000_000
"""Seconds: when everything in here happened."""
READER = "ann@reader.example"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140"


@dataclass(frozen=True)
class Case:
    """One event as a request, and the fields that it must come out with."""

    source: Source
    name: str
    payload: Any
    type: EventType
    expected: dict[str, Any]

    @property
    def body(self) -> bytes:
        return json.dumps(self.payload).encode()


def _sendgrid(name: str, type_: EventType, more: dict[str, Any], **expected: Any) -> Case:
    event = {
        "email": READER,
        "timestamp": NOON,
        "smtp-id": "<one@ismtpd>",
        "sg_event_id": f"id-{name}",
        "sg_message_id": "14c5.filter",
        "category": ["weekly", "second"],
        "custom1": "value1",
        **more,
    }
    return Case(Source.SENDGRID, name, [event], type_, {"message_issue": "weekly"} | expected)


SENDGRID = [
    _sendgrid("processed", EventType.SENT, {"event": "processed"}),
    _sendgrid(
        "delivered",
        EventType.DELIVERED,
        {"event": "delivered", "response": "250 2.0.0 OK", "tls": 1, "ip": "192.0.2.1"},
        address="",
        reason="",
    ),
    _sendgrid(
        "deferred",
        EventType.DEFERRED,
        {"event": "deferred", "attempt": "5", "response": "451 4.7.1 Try again"},
        reason="4.7.1",
    ),
    _sendgrid(
        "dropped", EventType.REJECTED, {"event": "dropped", "reason": "Invalid"}, reason="Invalid"
    ),
    _sendgrid(
        "bounce",
        EventType.HARD_BOUNCE,
        {
            "event": "bounce",
            "type": "bounce",
            "status": "5.1.1",
            "reason": f"550 <{READER}> unknown",
        },
        reason="5.1.1",
    ),
    _sendgrid(
        "blocked",
        EventType.SOFT_BOUNCE,
        {"event": "bounce", "type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 blocked"},
        reason="5.7.1",
    ),
    _sendgrid(
        "open by Apple",
        EventType.OPENED,
        {"event": "open", "ip": "17.58.0.1", "useragent": "Mozilla/5.0", "sg_machine_open": True},
        machine_hint="apple",
        address="17.58.0.1",
        user_agent="Mozilla/5.0",
    ),
    _sendgrid(
        "open by a person",
        EventType.OPENED,
        {"event": "open", "ip": "8.8.8.8", "useragent": CHROME, "sg_machine_open": False},
        machine_hint="",
    ),
    _sendgrid(
        "click",
        EventType.CLICKED,
        {
            "event": "click",
            "url": "https://example.com/a",
            "url_offset": {"index": 0, "type": "html"},
            "ip": "8.8.8.8",
            "useragent": CHROME,
        },
        link_url="https://example.com/a",
    ),
    _sendgrid("spam", EventType.COMPLAINED, {"event": "spamreport"}),
    _sendgrid("unsubscribe", EventType.UNSUBSCRIBED, {"event": "unsubscribe"}),
    _sendgrid(
        "unsubscribe of a group",
        EventType.UNSUBSCRIBED,
        {"event": "group_unsubscribe", "asm_group_id": 9},
    ),
    _sendgrid(
        "with our own ids",
        EventType.DELIVERED,
        {"event": "delivered", "sendoff_issue": "iss_1", "sendoff_subscriber": "ext-7"},
        message_issue="iss_1",
        external_id="ext-7",
    ),
]


def _postmark(name: str, type_: EventType, more: dict[str, Any], **expected: Any) -> Case:
    event = {
        "ServerID": 23,
        "MessageStream": "broadcast",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Tag": "weekly",
        "Metadata": {"sendoff_subscriber": "ext-7"},
        **more,
    }
    wanted = {"message_issue": "weekly", "external_id": "ext-7"} | expected
    return Case(Source.POSTMARK, name, event, type_, wanted)


_POSTMARK_TIME = "2026-09-21T10:13:20.0000000-04:00"
POSTMARK = [
    _postmark(
        "delivery",
        EventType.DELIVERED,
        {
            "RecordType": "Delivery",
            "Recipient": READER,
            "DeliveredAt": _POSTMARK_TIME,
            "Details": "ok",
        },
    ),
    _postmark(
        "open",
        EventType.OPENED,
        {
            "RecordType": "Open",
            "FirstOpen": True,
            "Recipient": READER,
            "ReceivedAt": _POSTMARK_TIME,
            "Client": {"Name": "Gmail", "Company": "Google", "Family": "Gmail"},
            "UserAgent": CHROME,
            "Geo": {"CountryISOCode": "RS", "City": "Novi Sad", "IP": "8.8.8.8"},
        },
        address="8.8.8.8",
        user_agent=CHROME,
    ),
    _postmark(
        "click",
        EventType.CLICKED,
        {
            "RecordType": "Click",
            "Recipient": READER,
            "ReceivedAt": _POSTMARK_TIME,
            "OriginalLink": "https://example.com/a",
            "ClickLocation": "HTML",
            "Geo": {"IP": "8.8.8.8"},
        },
        link_url="https://example.com/a",
    ),
    *(
        _postmark(
            f"bounce {word}",
            type_,
            {
                "RecordType": "Bounce",
                "ID": 901542550 + number,
                "Type": word,
                "Email": READER,
                "BouncedAt": _POSTMARK_TIME,
                "Details": f"smtp;{code} for {READER}",
                "Content": "the whole mail",
            },
            reason=reason,
        )
        for number, (word, type_, code, reason) in enumerate(
            [
                ("HardBounce", EventType.HARD_BOUNCE, "550 5.1.1", "5.1.1"),
                ("SoftBounce", EventType.SOFT_BOUNCE, "450", "SoftBounce"),
                ("Transient", EventType.DEFERRED, "451 4.3.0", "4.3.0"),
                ("SpamNotification", EventType.SOFT_BOUNCE, "", "SpamNotification"),
                ("Blocked", EventType.SOFT_BOUNCE, "", "Blocked"),
                ("BadEmailAddress", EventType.REJECTED, "", "BadEmailAddress"),
                ("Unsubscribe", EventType.UNSUBSCRIBED, "", ""),
            ]
        )
    ),
    _postmark(
        "complaint",
        EventType.COMPLAINED,
        {
            "RecordType": "SpamComplaint",
            "ID": 42,
            "Type": "SpamComplaint",
            "TypeCode": 512,
            "Email": READER,
            "BouncedAt": _POSTMARK_TIME,
        },
    ),
    *(
        _postmark(
            f"suppression, {word}",
            type_,
            {
                "RecordType": "SubscriptionChange",
                "SuppressSending": True,
                "SuppressionReason": word,
                "Origin": "Recipient",
                "Recipient": READER,
                "ChangedAt": _POSTMARK_TIME,
            },
        )
        for word, type_ in [
            ("ManualSuppression", EventType.UNSUBSCRIBED),
            ("HardBounce", EventType.HARD_BOUNCE),
            ("SpamComplaint", EventType.COMPLAINED),
        ]
    ),
]


def _mailgun(name: str, type_: EventType, more: dict[str, Any], **expected: Any) -> Case:
    event = {
        "id": f"id-{name}",
        "timestamp": NOON + 0.089,
        "recipient": READER,
        "tags": ["weekly", "second"],
        "user-variables": {"sendoff_subscriber": "ext-7"},
        "message": {"headers": {"message-id": "2026.1@mail.example"}},
        **more,
    }
    payload = {"signature": {"timestamp": "1", "token": "t", "signature": "s"}, "event-data": event}
    wanted = {"message_issue": "weekly", "external_id": "ext-7", "at": NOON * 1000 + 89} | expected
    return Case(Source.MAILGUN, name, payload, type_, wanted)


def _gmail(bot: str) -> dict[str, Any]:
    return {
        "ip": "66.249.84.1",
        "geolocation": {"country": "US", "region": "CA", "city": "Los Angeles"},
        "client-info": {"client-name": "Gmail", "user-agent": CHROME, "bot": bot},
    }


MAILGUN = [
    _mailgun("accepted", EventType.SENT, {"event": "accepted"}),
    _mailgun(
        "delivered", EventType.DELIVERED, {"event": "delivered", "delivery-status": {"code": 250}}
    ),
    _mailgun(
        "opened", EventType.OPENED, {"event": "opened"} | _gmail("gmail"), machine_hint="gmail"
    ),
    _mailgun(
        "clicked",
        EventType.CLICKED,
        {"event": "clicked", "url": "https://example.com/a"} | _gmail("generic"),
        machine_hint="generic",
        link_url="https://example.com/a",
        address="66.249.84.1",
    ),
    _mailgun(
        "clicked by a person",
        EventType.CLICKED,
        {"event": "clicked", "url": "https://example.com/a"} | _gmail(""),
        machine_hint="",
    ),
    _mailgun(
        "failed for good",
        EventType.HARD_BOUNCE,
        {
            "event": "failed",
            "severity": "permanent",
            "reason": "bounce",
            "delivery-status": {"code": 550, "message": f"5.1.1 <{READER}> unknown"},
        },
        reason="5.1.1",
    ),
    _mailgun(
        "failed for now",
        EventType.DEFERRED,
        {"event": "failed", "severity": "temporary", "reason": "generic", "delivery-status": None},
        reason="generic",
    ),
    _mailgun(
        "given up",
        EventType.SOFT_BOUNCE,
        {"event": "failed", "severity": "permanent", "reason": "old"},
        reason="old",
    ),
    _mailgun(
        "never tried",
        EventType.REJECTED,
        {"event": "failed", "severity": "permanent", "reason": "suppress-bounce"},
        reason="suppress-bounce",
    ),
    _mailgun("rejected", EventType.REJECTED, {"event": "rejected", "reject": {"reason": "virus"}}),
    _mailgun("complained", EventType.COMPLAINED, {"event": "complained"}),
    _mailgun("unsubscribed", EventType.UNSUBSCRIBED, {"event": "unsubscribed", "ip": "8.8.8.8"}),
]


def sns(message: dict[str, Any] | str, **more: Any) -> dict[str, Any]:
    """An SNS notification, not signed."""
    return {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:Sendoff",
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-09-21T14:13:20.000Z",
        "SignatureVersion": "1",
        **more,
    }


def _ses(name: str, type_: EventType, more: dict[str, Any], **expected: Any) -> Case:
    message = {
        "mail": {
            "timestamp": "2026-09-21T14:13:19.000Z",
            "messageId": "EXAMPLE7c191be45",
            "destination": [READER],
            "headers": [{"name": "Subject", "value": "Issue 12"}],
            "tags": {"ses:operation": ["SendEmail"], "sendoff_issue": ["iss_1"]},
        },
        **more,
    }
    return Case(Source.SES, name, sns(message), type_, {"message_issue": "iss_1"} | expected)


_SES_TIME = "2026-09-21T14:13:20.000Z"
_HIT = {"timestamp": _SES_TIME, "ipAddress": "8.8.8.8", "userAgent": CHROME}
SES = [
    _ses("send", EventType.SENT, {"eventType": "Send", "send": {}}, at=NOON * 1000 - 1000),
    _ses(
        "delivery",
        EventType.DELIVERED,
        {"eventType": "Delivery", "delivery": {"timestamp": _SES_TIME, "recipients": [READER]}},
    ),
    _ses(
        "delivery as a notification",
        EventType.DELIVERED,
        {"notificationType": "Delivery", "delivery": {"timestamp": "2026-09-21T14:13:20.5Z"}},
    ),
    _ses("open", EventType.OPENED, {"eventType": "Open", "open": _HIT}, address="8.8.8.8"),
    _ses(
        "click",
        EventType.CLICKED,
        {"eventType": "Click", "click": _HIT | {"link": "https://example.com/a", "linkTags": None}},
        link_url="https://example.com/a",
        user_agent=CHROME,
    ),
    *(
        _ses(
            f"bounce {kind} {sub}",
            type_,
            {
                "eventType": "Bounce",
                "bounce": {
                    "timestamp": f"2026-09-21T14:13:20.{number}Z",
                    "bounceType": kind,
                    "bounceSubType": sub,
                    "bouncedRecipients": [
                        {
                            "emailAddress": READER,
                            "status": code,
                            "diagnosticCode": f"smtp; {READER}",
                        }
                    ],
                },
            },
            reason=reason,
        )
        for number, (kind, sub, code, type_, reason) in enumerate(
            [
                ("Permanent", "General", "5.1.1", EventType.HARD_BOUNCE, "5.1.1"),
                ("Transient", "MailboxFull", "", EventType.SOFT_BOUNCE, "MailboxFull"),
                ("Undetermined", "Undetermined", "", EventType.SOFT_BOUNCE, "Undetermined"),
                (
                    "Permanent",
                    "OnAccountSuppressionList",
                    "",
                    EventType.REJECTED,
                    "OnAccountSuppressionList",
                ),
            ]
        )
    ),
    _ses(
        "complaint",
        EventType.COMPLAINED,
        {
            "eventType": "Complaint",
            "complaint": {
                "timestamp": _SES_TIME,
                "complainedRecipients": [{"emailAddress": READER}],
                "complaintFeedbackType": "abuse",
                "userAgent": "Yahoo!-Mail-Feedback/2.0",
            },
        },
        user_agent="",
    ),
    _ses(
        "reject", EventType.REJECTED, {"eventType": "Reject", "reject": {"reason": "Bad content"}}
    ),
    _ses(
        "rendering failure",
        EventType.REJECTED,
        {
            "eventType": "Rendering Failure",
            "failure": {"errorMessage": "no name", "templateName": "t"},
        },
        reason="no name",
    ),
    _ses(
        "delay",
        EventType.DEFERRED,
        {
            "eventType": "DeliveryDelay",
            "deliveryDelay": {
                "timestamp": _SES_TIME,
                "delayType": "MailboxFull",
                "delayedRecipients": [{"emailAddress": READER, "status": "4.4.7"}],
            },
        },
        reason="4.4.7",
    ),
    _ses(
        "subscription",
        EventType.UNSUBSCRIBED,
        {
            "eventType": "Subscription",
            "subscription": {
                "timestamp": _SES_TIME,
                "newTopicPreferences": {"unsubscribeAll": True},
            },
        },
    ),
]


def _resend(word: str, type_: EventType, more: dict[str, Any], **expected: Any) -> Case:
    payload = {
        "type": f"email.{word}",
        "created_at": "2026-09-21T14:13:20.126Z",
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "created_at": "2026-09-21 14:13:19.126+00",
            "from": "Weekly <news@sender.example>",
            "to": [READER],
            "subject": "Issue 12",
            "tags": {"sendoff_issue": "iss_1"},
            **more,
        },
    }
    wanted = {"message_issue": "iss_1", "at": NOON * 1000 + 126} | expected
    return Case(Source.RESEND, word, payload, type_, wanted)


RESEND = [
    _resend("sent", EventType.SENT, {}),
    _resend("delivered", EventType.DELIVERED, {}),
    _resend("delivery_delayed", EventType.DEFERRED, {}, reason="delivery_delayed"),
    _resend("complained", EventType.COMPLAINED, {}),
    _resend("opened", EventType.OPENED, {}),
    _resend(
        "bounced", EventType.HARD_BOUNCE, {"bounce": {"message": "550 5.1.1 no"}}, reason="5.1.1"
    ),
    _resend(
        "bounced",
        EventType.SOFT_BOUNCE,
        {"bounce": {"message": "full", "type": "Transient", "subType": "MailboxFull"}},
        reason="MailboxFull",
    ),
    _resend("failed", EventType.REJECTED, {"failed": {"reason": "reached_daily_quota"}}),
    _resend(
        "clicked",
        EventType.CLICKED,
        {
            "click": {
                "ipAddress": "8.8.8.8",
                "link": "https://example.com/a",
                "timestamp": "2026-09-21T14:13:20.500Z",
                "userAgent": CHROME,
            },
            "tags": [{"name": "sendoff_issue", "value": "iss_1"}],
        },
        link_url="https://example.com/a",
        address="8.8.8.8",
        at=NOON * 1000 + 500,
    ),
]


def _mailjet(name: str, type_: EventType, more: dict[str, Any], **expected: Any) -> Case:
    event = {
        "time": NOON,
        "MessageID": 12345678901234567,
        "Message_GUID": "1ab23cd4",
        "email": READER,
        "mj_campaign_id": 7,
        "customcampaign": "weekly",
        "Payload": '{"sendoff_subscriber": "ext-7"}',
        **more,
    }
    wanted = {"message_issue": "weekly", "external_id": "ext-7"} | expected
    return Case(Source.MAILJET, name, event, type_, wanted)


MAILJET = [
    _mailjet("sent", EventType.DELIVERED, {"event": "sent", "smtp_reply": "250 OK"}),
    _mailjet(
        "open",
        EventType.OPENED,
        {"event": "open", "ip": "8.8.8.8", "geo": "US", "agent": CHROME},
        user_agent=CHROME,
        address="8.8.8.8",
    ),
    _mailjet(
        "click",
        EventType.CLICKED,
        {"event": "click", "url": "https://example.com/a", "ip": "8.8.8.8", "agent": CHROME},
        link_url="https://example.com/a",
    ),
    _mailjet(
        "hard bounce",
        EventType.HARD_BOUNCE,
        {"event": "bounce", "hard_bounce": True, "blocked": False, "error": "user unknown"},
        reason="user unknown",
    ),
    _mailjet(
        "soft bounce",
        EventType.SOFT_BOUNCE,
        {"event": "bounce", "hard_bounce": False, "error": "mailbox full"},
        reason="mailbox full",
    ),
    _mailjet(
        "greylisted",
        EventType.DEFERRED,
        {"event": "bounce", "hard_bounce": False, "error": "greylisted"},
        reason="greylisted",
    ),
    _mailjet("blocked", EventType.REJECTED, {"event": "blocked", "error": "preblocked"}),
    _mailjet("spam", EventType.COMPLAINED, {"event": "spam", "source": "JMRPP"}),
    _mailjet("unsub", EventType.UNSUBSCRIBED, {"event": "unsub", "ip": "8.8.8.8"}),
]


def _sparkpost(
    class_: str, word: str, type_: EventType, more: dict[str, Any] | None = None, **expected: Any
) -> Case:
    event = {
        "type": word,
        "event_id": f"92-{class_}-{word}-{(more or {}).get('bounce_class')}",
        "rcpt_to": READER,
        "timestamp": str(NOON),
        "transmission_id": "65832150921904138",
        "rcpt_meta": {"sendoff_issue": "iss_1", "sendoff_subscriber": "ext-7"},
        **(more or {}),
    }
    wanted = {"message_issue": "iss_1", "external_id": "ext-7"} | expected
    return Case(Source.SPARKPOST, word, [{"msys": {class_: event}}], type_, wanted)


_RENDERED = {"user_agent": CHROME, "ip_address": "8.8.8.8", "geo_ip": {"city": "Columbia"}}
SPARKPOST = [
    _sparkpost("message_event", "injection", EventType.SENT),
    _sparkpost("message_event", "delivery", EventType.DELIVERED),
    _sparkpost(
        "message_event", "delay", EventType.DEFERRED, {"raw_reason": "451 4.4.1"}, reason="4.4.1"
    ),
    _sparkpost("message_event", "spam_complaint", EventType.COMPLAINED),
    _sparkpost("message_event", "policy_rejection", EventType.REJECTED, {"reason": "policy"}),
    *(
        _sparkpost("message_event", word, type_, {"bounce_class": number}, reason=reason)
        for word, number, type_, reason in [
            ("bounce", "10", EventType.HARD_BOUNCE, "10"),
            ("bounce", "22", EventType.SOFT_BOUNCE, "22"),
            ("out_of_band", "30", EventType.HARD_BOUNCE, "30"),
            ("bounce", "25", EventType.REJECTED, "25"),
            ("bounce", "90", EventType.UNSUBSCRIBED, ""),
        ]
    ),
    _sparkpost("track_event", "open", EventType.OPENED, _RENDERED, address="8.8.8.8"),
    _sparkpost(
        "track_event",
        "initial_open",
        EventType.OPENED,
        _RENDERED | {"is_prefetched": True},
        machine_hint="apple",
    ),
    _sparkpost(
        "track_event",
        "click",
        EventType.CLICKED,
        _RENDERED | {"target_link_url": "https://example.com/a"},
        link_url="https://example.com/a",
        user_agent=CHROME,
    ),
    _sparkpost("unsubscribe_event", "list_unsubscribe", EventType.UNSUBSCRIBED),
    _sparkpost("unsubscribe_event", "link_unsubscribe", EventType.UNSUBSCRIBED),
]

CASES = [*SENDGRID, *POSTMARK, *MAILGUN, *SES, *RESEND, *MAILJET, *SPARKPOST]

# What each vendor also sends, and what is none of our events.
UNKNOWN: list[tuple[Source, Any, str]] = [
    (Source.SENDGRID, {"event": "group_resubscribe"}, "unknown event type 'group_resubscribe'"),
    (Source.SENDGRID, {"event": "open", "email": READER}, "no time"),
    (Source.POSTMARK, {"RecordType": "Inbound"}, "unknown event type 'Inbound'"),
    (Source.POSTMARK, {"RecordType": "Bounce", "Type": "AutoResponder"}, "'Bounce AutoResponder'"),
    (
        Source.POSTMARK,
        {"RecordType": "SubscriptionChange", "SuppressSending": False},
        "SubscriptionChange, resubscribed",
    ),
    (
        Source.POSTMARK,
        {
            "RecordType": "SubscriptionChange",
            "SuppressSending": True,
            "SuppressionReason": "ManualSuppression",
            "Origin": "Admin",
        },
        "SubscriptionChange, by the sender",
    ),
    (Source.MAILGUN, {"event-data": {"event": "stored"}}, "unknown event type 'stored'"),
    (Source.MAILGUN, {"event-data": {"event": "failed"}}, "failed, no severity"),
    (Source.MAILGUN, {}, "no event type"),
    (Source.SES, sns({"eventType": "Something"}), "unknown event type 'Something'"),
    (Source.SES, sns("plain words"), "the SNS message holds no JSON"),
    (
        Source.SES,
        sns({"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}),
        "not-spam",
    ),
    (Source.RESEND, {"type": "contact.created"}, "unknown event type 'contact.created'"),
    (Source.MAILJET, {"event": "typofix"}, "unknown event type 'typofix'"),
    (
        Source.SPARKPOST,
        {"msys": {"message_event": {"type": "bounce", "bounce_class": "60"}}},
        "bounce class 60, auto-reply",
    ),
    (Source.SPARKPOST, {"msys": {"ab_test_event": {"type": "ab_test_completed"}}}, "ab_test_event"),
]
