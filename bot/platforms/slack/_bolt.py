"""Bolt's app, made to say nothing."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def quiet_app(client: AsyncWebClient, authorize: Any) -> AsyncApp:
    """An app whose construction says nothing about tokens it finds in the environment: they are given on purpose."""
    bolt_logger = logging.getLogger("slack_bolt.paperlark")
    bolt_logger.setLevel(logging.ERROR)
    anonymous = AsyncWebClient(
        base_url=client.base_url, timeout=client.timeout, ssl=client.ssl, proxy=client.proxy, retry_handlers=[]
    )
    app = AsyncApp(
        name="paperlark",
        client=anonymous,
        authorize=authorize,
        logger=bolt_logger,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    bolt_logger.setLevel(logging.WARNING)
    return app
