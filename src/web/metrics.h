#pragma once
/* metrics: what the server counts, for /metrics in Prometheus' text format. Counters are atomic. */
#include "web/router.h"

typedef struct MwMetrics MwMetrics;

MwMetrics *mw_metrics_new(const MwRouter *router);
void mw_metrics_free(MwMetrics *metrics);
/* A request that was answered; `route` is its index, or -1 for a path that is none. */
void mw_metrics_request(MwMetrics *metrics, int route, unsigned status, int64_t microseconds);
/* A transaction of the writer, for so many requests. */
void mw_metrics_group(MwMetrics *metrics, size_t requests);
void mw_metrics_statements(MwMetrics *metrics, uint64_t statements);
void mw_metrics_print(MwMetrics *metrics, GString *out);
