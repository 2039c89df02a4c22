"""All of mappings/ as one value."""

from __future__ import annotations

from connector.core.brief_mapping import BriefMapping
from connector.core.cadence import CadenceMapping
from connector.core.fields import FieldsMapping
from connector.core.model import Frozen
from connector.core.routing import RoutingMapping
from connector.core.severity import SeverityMapping
from connector.core.status import StatusMapping
from connector.core.triggers import TriggersMapping


class Mappings(Frozen):
    """One field for each file `mappings/<field>.toml`."""

    triggers: TriggersMapping
    severity: SeverityMapping
    routing: RoutingMapping
    fields: FieldsMapping
    status: StatusMapping
    cadence: CadenceMapping
    brief: BriefMapping
