#include "web/metrics.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

static const unsigned statuses[] = { 200, 201, 204, 303, 304, 400, 401, 403, 404, 405,
                                     409, 412, 413, 415, 422, 429, 500, 503, 507, 0 };
/* Upper ends of the latency histogram, in microseconds. */
static const int64_t bounds_us[] = { 100,   250,   500,    1000,   2500,    5000,    10000,
                                     25000, 50000, 100000, 250000, 1000000, 5000000, INT64_MAX };
static const char *const methods[] = { "GET", "POST", "PATCH", "DELETE" };

typedef struct {
    atomic_uint_fast64_t by_status[G_N_ELEMENTS(statuses)];
} RouteCounts;

struct MwMetrics {
    const MwRouter *router;
    atomic_uint_fast64_t latency[G_N_ELEMENTS(bounds_us)], total_us, groups, grouped, statements;
    RouteCounts routes[]; /* the last is of unknown paths */
};

static void
count(atomic_uint_fast64_t *counter, uint64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static uint64_t
value(atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

MwMetrics *
mw_metrics_new(const MwRouter *router)
{
    MwMetrics *metrics =
        g_malloc0(sizeof *metrics + (mw_router_count(router) + 1) * sizeof(RouteCounts));

    metrics->router = router;
    return metrics;
}

void
mw_metrics_free(MwMetrics *metrics)
{
    g_free(metrics);
}

void
mw_metrics_request(MwMetrics *metrics, int route, unsigned status, int64_t microseconds)
{
    size_t i = 0, bound = 0;

    while (statuses[i] && statuses[i] != status)
        i++;
    while (bounds_us[bound] < microseconds)
        bound++;
    count(&metrics->routes[route < 0 ? (int)mw_router_count(metrics->router) : route].by_status[i],
          1);
    count(&metrics->latency[bound], 1);
    count(&metrics->total_us, (uint64_t)microseconds);
}

void
mw_metrics_group(MwMetrics *metrics, size_t requests)
{
    count(&metrics->groups, 1);
    count(&metrics->grouped, requests);
}

void
mw_metrics_statements(MwMetrics *metrics, uint64_t statements)
{
    count(&metrics->statements, statements);
}

static void
print_requests(MwMetrics *metrics, GString *out)
{
    unsigned n = mw_router_count(metrics->router);

    g_string_append(out, "# TYPE millwright_requests_total counter\n");
    for (unsigned i = 0; i <= n; i++) {
        const MwRoute *route = i < n ? mw_router_route(metrics->router, i) : NULL;
        for (size_t s = 0; s < G_N_ELEMENTS(statuses); s++) {
            uint64_t requests = value(&metrics->routes[i].by_status[s]);
            if (requests > 0)
                g_string_append_printf(
                    out,
                    "millwright_requests_total{method=\"%s\",route=\"%s\",status=\"%u\"} "
                    "%" G_GUINT64_FORMAT "\n",
                    route ? methods[route->method] : "", route ? route->path : "", statuses[s],
                    requests);
        }
    }
}

static void
print_latency(MwMetrics *metrics, GString *out)
{
    uint64_t sum = 0;

    g_string_append(out, "# TYPE millwright_request_seconds histogram\n");
    for (size_t i = 0; i < G_N_ELEMENTS(bounds_us); i++) {
        char bound[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";
        sum += value(&metrics->latency[i]);
        if (bounds_us[i] < INT64_MAX)
            g_ascii_formatd(bound, sizeof bound, "%g", (double)bounds_us[i] / 1e6);
        g_string_append_printf(
            out, "millwright_request_seconds_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n", bound,
            sum);
    }
    char total[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(total, sizeof total, "%.6f", (double)value(&metrics->total_us) / 1e6);
    g_string_append_printf(out,
                           "millwright_request_seconds_sum %s\n"
                           "millwright_request_seconds_count %" G_GUINT64_FORMAT "\n",
                           total, sum);
}

/* Resident memory; 0 where the system does not tell. */
static uint64_t
resident_bytes(void)
{
    unsigned long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (!file)
        return 0;
    if (fscanf(file, "%lu %lu", &pages, &resident) != 2)
        resident = 0;
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

void
mw_metrics_print(MwMetrics *metrics, GString *out)
{
    print_requests(metrics, out);
    print_latency(metrics, out);
    g_string_append_printf(out,
                           "# TYPE millwright_writer_groups_total counter\n"
                           "millwright_writer_groups_total %" G_GUINT64_FORMAT "\n"
                           "# TYPE millwright_writer_requests_total counter\n"
                           "millwright_writer_requests_total %" G_GUINT64_FORMAT "\n"
                           "# TYPE millwright_statements_total counter\n"
                           "millwright_statements_total %" G_GUINT64_FORMAT "\n"
                           "# TYPE process_resident_memory_bytes gauge\n"
                           "process_resident_memory_bytes %" G_GUINT64_FORMAT "\n",
                           value(&metrics->groups), value(&metrics->grouped),
                           value(&metrics->statements), resident_bytes());
}
