"""The way to the Data API: credentials, transport, and the calls that are made."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import google.auth
import grpc
from google.analytics.data_v1beta import BetaAnalyticsDataClient
from google.analytics.data_v1beta.services.beta_analytics_data import transports
from google.api_core.client_options import ClientOptions
from google.auth import credentials as auth
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from connectors.ga4 import retries
from journey.connector import JourneyError, Problem

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
"""All that is asked for; the client's own default could also change the property."""
TIMEOUT = 90.0
"""Seconds for one call; without it some calls of the client wait for ever."""
UNLIMITED = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),
)
"""A channel of one's own refuses answers over 4 MB otherwise."""
HERE = ("localhost", "127.0.0.1", "::1")


class Client:
    """Calls of the Data API for one property, each with its retries and a timeout."""

    def __init__(self, settings: Any) -> None:
        self.number = str(settings.property).strip()
        self.name = f"properties/{self.number}"
        self.where = f"GA4 property {self.number}"
        self.email = ""
        self._client = self._open(settings)

    def close(self) -> None:
        transport: Any = self._client.transport
        transport.close()

    def run_report(self, request: Any) -> Any:
        """Return the raw protobuf message of the answer."""
        answer = self._call(self._client.run_report, request)
        return type(answer).pb(answer)

    def get_metadata(self, request: Any) -> Any:
        return self._call(self._client.get_metadata, request)

    def check_compatibility(self, request: Any) -> Any:
        return self._call(self._client.check_compatibility, request)

    def _call(self, method: Callable[..., Any], request: Any) -> Any:
        def once() -> Any:
            return method(request=request, retry=None, timeout=TIMEOUT)

        return retries.call(once, self.where, self.email)

    def _open(self, settings: Any) -> BetaAnalyticsDataClient:
        logging.getLogger("google").setLevel(logging.WARNING)
        host, here = endpoint(settings.api_endpoint)
        if here and not settings.credentials:
            credentials: Any = auth.AnonymousCredentials()  # type: ignore[no-untyped-call]
        else:
            credentials = self._credentials(settings.credentials)
        self.email = str(getattr(credentials, "service_account_email", "") or "")
        if here:
            return BetaAnalyticsDataClient(transport=_local(settings, host, credentials))
        options = ClientOptions(api_endpoint=host) if host else None
        return BetaAnalyticsDataClient(
            credentials=credentials, transport=settings.transport, client_options=options
        )

    def _credentials(self, path: str) -> Any:
        if path:
            return _service_account(path)
        try:
            found, _ = google.auth.default(scopes=[SCOPE])
        except GoogleAuthError:
            raise JourneyError(
                Problem(
                    self.where, "no credentials", "the key file of a service account, or "
                    "application default credentials of this machine",
                    'write credentials = "ga4-key.json" and put the file beside '
                    "journey.toml; docs/connecting-ga4.md says where it comes from",
                )
            ) from None  # fmt: skip
        return found


def endpoint(given: str) -> tuple[str, bool]:
    """Return host and port of a setting `api_endpoint`, and whether it is this machine.

    Raises JourneyError where another machine would be reached without encryption.
    """
    if not given:
        return "", False
    parts = urlsplit(given if "://" in given else f"//{given}")
    here = parts.hostname in HERE and parts.scheme != "https"
    if parts.scheme == "http" and not here:
        raise JourneyError(
            Problem(
                "journey.toml, GA4", f"api_endpoint on {parts.hostname} without encryption",
                "an address with https://", "write https:// or leave api_endpoint out",
            )
        )  # fmt: skip
    return parts.netloc, here


def _local(settings: Any, host: str, credentials: Any) -> Any:
    """Return a transport without encryption, for a service on this machine."""
    if settings.transport == "rest":
        return transports.BetaAnalyticsDataRestTransport(
            host=host, url_scheme="http", credentials=credentials
        )
    channel = grpc.insecure_channel(host, options=UNLIMITED)
    return transports.BetaAnalyticsDataGrpcTransport(channel=channel)


def _service_account(path: str) -> Any:
    """Return the credentials of a key file; its content is never shown."""
    fix = "make a key of type JSON: Google Cloud, IAM, Service accounts, Keys"
    where = "journey.toml, GA4, credentials"
    try:
        content = json.loads(Path(path).read_text("utf-8"))
    except OSError:
        raise JourneyError(
            Problem(where, f"no file {path} that can be read",
                    "the key file of a service account", f"put it there, or {fix}")
        ) from None  # fmt: skip
    except ValueError:
        raise JourneyError(
            Problem(where, f"{path} is no JSON", "the key file of a service account", fix)
        ) from None
    if not isinstance(content, dict) or content.get("type") != "service_account":
        raise JourneyError(
            Problem(where, f"{path} is another kind of file",
                    'JSON with "type": "service_account"', fix)
        )  # fmt: skip
    try:
        kind: Any = service_account.Credentials
        made = kind.from_service_account_info(content, scopes=[SCOPE])
    except (GoogleAuthError, ValueError, KeyError):
        raise JourneyError(
            Problem(where, f"{path} is not whole", "the key file as Google gave it", fix)
        ) from None
    return made.with_always_use_jwt_access(True)  # no call for a token
