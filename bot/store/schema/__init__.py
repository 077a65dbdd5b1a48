"""The tables, as numbered migrations. A released step never changes; a new need is a new step."""

from __future__ import annotations

from sqlite_utils import Migrations

from bot.store.schema.m001_first_tables import m001_first_tables
from bot.store.schema.m002_channels import m002_channels
from bot.store.schema.m003_llm import m003_llm
from bot.store.schema.m004_asking import m004_asking
from bot.store.schema.m005_library import m005_library
from bot.store.schema.m006_privacy import m006_privacy
from bot.store.schema.m007_operation import m007_operation
from bot.store.schema.m008_channel_id import m008_channel_id
from bot.store.schema.m009_llm_endpoints import m009_llm_endpoints
from bot.store.schema.m010_paper_addresses import m010_paper_addresses

migrations = Migrations("paperlark")
NEWEST = m010_paper_addresses.__name__

# The name of a step's function is what a database remembers of it.
for step in (
    m001_first_tables,
    m002_channels,
    m003_llm,
    m004_asking,
    m005_library,
    m006_privacy,
    m007_operation,
    m008_channel_id,
    m009_llm_endpoints,
    m010_paper_addresses,
):
    migrations()(step)
