"""Ecologically or Biologically Significant Marine Area. Source: EMarineEbsa; the CBD marks no field as mandatory."""

from __future__ import annotations

from normalizers import format_values as of
from normalizers.format_definition import Field, Format
from normalizers.format_types import (
    BOOLEAN,
    DATE_TIME,
    LINKS,
    LSTRING,
    MAP_LOCATION,
    REFERENCE,
    REFERENCES,
    STRING,
    sections,
    term,
    terms,
)

FORMAT = Format(
    "marineEbsa",
    "Marine EBSA",
    (
        Field("title", LSTRING, of.title),
        Field("summary", LSTRING, of.summary),
        Field("areaIntroducion", LSTRING),  # the CBD's spelling
        Field("location", LSTRING),
        Field("gisFiles", LINKS),
        Field("gisMapCenter", MAP_LOCATION),
        Field("areaDescription", LSTRING, of.description),
        Field("areaConditions", LSTRING),
        Field("areaFeatures", LSTRING),
        Field("countries", terms("countries"), of.countries),
        Field("beyondNationalJurisdiction", BOOLEAN),
        Field("referenceText", LSTRING),
        Field("resources", REFERENCES),
        Field("relation", LINKS, of.related),
        Field("status", STRING),
        Field("approvedByCopDecision", REFERENCE),
        Field("approvedByGovernment", term("countries")),
        Field("approvedByGovernmentOn", DATE_TIME),
        Field("recommendedToCopBySbstta", REFERENCE),
        Field("recommendedToCopByGovernment", term("countries")),
        Field("recommendedToCopByGovernmentOn", DATE_TIME),
        Field("recommendedToSbsttaBy", STRING),
        Field("recommendedToSbsttaByWorkshop", REFERENCE),
        Field("recommendedToWorkshopBy", STRING),
        Field("recommendedToWorkshopByGovernments", terms("countries")),
        Field("recommendedToWorkshopByOrganizations", REFERENCES),
        Field("recommendedToWorkshopByOthers", LSTRING),
        Field("recommendedToAnyBy", STRING),
        Field("recommendedToAnyByGovernment", terms("countries")),
        Field("recommendedToAnyByOrganizations", REFERENCES),
        Field("recommendedToAnyByOthers", LSTRING),
        Field(
            "assessments",
            sections(Field("identifier", STRING), Field("level", STRING), Field("justification", LSTRING)),
        ),
        Field("relevantInformation", LSTRING),
        Field("relevantDocuments", LINKS, of.links),
        Field("notes", STRING),
        Field("region", REFERENCE),
    ),
)
