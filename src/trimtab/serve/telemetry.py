"""The counters as OpenTelemetry metrics, where the standard environment variables ask for it."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trimtab import __version__
from trimtab._optional import need
from trimtab.errors import UsageError
from trimtab.serve.tally import Tally

_EXPORTERS = ("otlp", "console")


def asked_for(environment: Mapping[str, str] = os.environ) -> str:
    """Which exporter is asked for, `otlp` or `console`; empty for none.

    Raises:
        UsageError: One that is not here.
    """
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return ""
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")
    name = environment.get("OTEL_METRICS_EXPORTER", "")
    if not name:
        name = "otlp" if any(environment.get(one) for one in endpoints) else "none"
    if name == "none":
        return ""
    if name not in _EXPORTERS:
        raise UsageError("OTEL_METRICS_EXPORTER names no exporter that is here.", "It may be otlp, console or none.")
    protocols = ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    protocol = next((found for one in protocols if (found := environment.get(one))), "http/protobuf")
    if name == "otlp" and protocol != "http/protobuf":
        raise UsageError("OpenTelemetry is spoken as http/protobuf only.", "Leave OTEL_EXPORTER_OTLP_PROTOCOL out.")
    return name


def export(tally: Tally, exporter: str) -> Callable[[], None]:
    """Export what all workers count, at the interval that the environment names; returns what ends it.

    Raises:
        MissingPackageError: The extra `otel` is not installed.
    """
    metrics = need("opentelemetry.metrics", extra="otel")
    sdk = need("opentelemetry.sdk.metrics", extra="otel")
    reading = need("opentelemetry.sdk.metrics.export", extra="otel")
    if exporter == "console":
        out = reading.ConsoleMetricExporter()
    else:
        otlp = need("opentelemetry.exporter.otlp.proto.http.metric_exporter", extra="otel")
        out = otlp.OTLPMetricExporter()
    provider = sdk.MeterProvider(metric_readers=[reading.PeriodicExportingMetricReader(out)])
    meter = provider.get_meter("trimtab.guard", __version__)

    def reads(name: str) -> Callable[[Any], Iterable[Any]]:
        def read(_: Any) -> Iterable[Any]:
            for family, _kind, series, value in tally.counters():
                if family == name:
                    yield metrics.Observation(value, _attributes(series))

        return read

    for name, kind, about in tally.families():
        make = meter.create_observable_gauge if kind == "gauge" else meter.create_observable_counter
        make(name.removesuffix("_total"), callbacks=[reads(name)], description=about)
    return provider.shutdown  # type: ignore[no-any-return]


def _attributes(series: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in series.split(",") if pair)
    return {key: value.strip('"') for key, _, value in pairs}


__all__ = ["asked_for", "export"]
