"""What the workers count, sent to a collector as OpenTelemetry's standard variables say."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.serve import proxies
from tests.serve.proxies import post, saying, until

from trimtab.errors import UsageError
from trimtab.serve.tally import Tally
from trimtab.serve.telemetry import asked_for


@pytest.mark.parametrize(
    ("environment", "exporter"),
    [
        ({}, ""),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://127.0.0.1:4318/v1/metrics"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_METRICS_EXPORTER": "none"}, ""),
        ({"OTEL_METRICS_EXPORTER": "console"}, "console"),
        ({"OTEL_METRICS_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"}, ""),
    ],
)
def test_nothing_is_sent_unless_it_is_asked_for(environment, exporter):
    assert asked_for(environment) == exporter


@pytest.mark.parametrize(
    "environment",
    [{"OTEL_METRICS_EXPORTER": "zipkin"}, {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}],
)
def test_an_exporter_that_is_not_here_is_an_error(environment):
    with pytest.raises(UsageError):
        asked_for(environment)


def test_every_counter_belongs_to_a_family():
    tally = Tally(1)
    assert {(name, kind) for name, kind, _, _ in tally.counters()} == {
        (name, kind) for name, kind, _ in tally.families()
    }


@pytest.mark.integration  # the extra otel is not in the core's environment
def test_a_collector_gets_what_all_workers_counted(tmp_path, monkeypatch):
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="the extra otel is not installed")
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    got: dict[str, float] = {}

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            told = ExportMetricsServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            for metric in told.resource_metrics[0].scope_metrics[0].metrics:
                got[metric.name] = sum(point.as_int or point.as_double for point in metric.sum.data_points)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
        monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "200")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        with proxies.upstream() as server, proxies.proxy(tmp_path, f"{server.url}/v1", "--workers", "2") as running:
            for _ in range(5):
                assert post(f"{running.url}/chat/completions", saying("well"))[0] == 200
            until(lambda: got.get("trimtab_guard_rulings") == 10)
            assert running.end() == 0
        collector.shutdown()
        thread.join()
    assert got["trimtab_guard_requests"] == got["trimtab_guard_request_seconds_count"] == 5
    assert got["trimtab_guard_request_seconds_sum"] > 0
