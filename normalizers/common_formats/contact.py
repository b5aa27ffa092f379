"""Contact, which is published as an organization: the CBD's own format of contacts is made of personal data."""

from __future__ import annotations

from normalizers.common_formats import organization

FORMAT = organization.FORMAT
