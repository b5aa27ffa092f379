"""Whatever the OpenAPI allows, and much that it does not, is answered, and as it says: schemathesis asks."""

from __future__ import annotations

from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.harvesters.servers import FakeClock
from tests.portal.conftest import Portal
from tests.warehouse.site import DAY_ONE
from warehouse.portal.app import app
from warehouse.portal.serving import Serving

DOCUMENT = app(Path("nowhere"), Serving(), FakeClock(DAY_ONE)).openapi()
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_dict(DOCUMENT)


def test_its_schemas_are_schemas_and_refer_to_nothing_that_is_not_there(resting: Portal) -> None:
    told = resting.get("/openapi.json").json()
    for name, one in told["components"]["schemas"].items():
        Draft202012Validator.check_schema(one)
        assert name
    text = resting.get("/openapi.json").text
    assert "x-components" not in text
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= told["components"]["schemas"].keys()


def test_every_route_says_what_it_is_for() -> None:
    operations = [each for path in DOCUMENT["paths"].values() for each in path.values()]
    assert len(operations) > 20
    assert all(each["description"] and each["responses"] for each in operations)


@schema.parametrize()
@settings(max_examples=max(15, settings().max_examples // 20), suppress_health_check=list(HealthCheck))
def test_no_request_makes_us_stumble(case: schemathesis.Case, resting: Portal) -> None:
    case.call_and_validate(app=resting.app_, checks=CHECKS)
