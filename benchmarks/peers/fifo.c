/* A peer: waits of customers first in, first out, as a competent C programmer writes them: a binary heap of the
 * times at which servers are free, the earliest of which each customer replaces. With two servers, two variables.
 */

#include <stdint.h>
#include <stdlib.h>

/* Returns 0, or 1 when there is not enough memory. */
int heap(int64_t customers, int64_t servers, const double *arrivals, const double *services, double *waits)
{
    double *free_at = calloc(servers, sizeof(double));
    if (!free_at)
        return 1;
    for (int64_t customer = 0; customer < customers; customer++) {
        double start = free_at[0] > arrivals[customer] ? free_at[0] : arrivals[customer];
        double finish = start + services[customer];
        int64_t parent = 0;
        waits[customer] = start - arrivals[customer];
        for (;;) {
            int64_t child = 2 * parent + 1;
            if (child >= servers)
                break;
            if (child + 1 < servers && free_at[child + 1] < free_at[child])
                child++;
            if (free_at[child] >= finish)
                break;
            free_at[parent] = free_at[child];
            parent = child;
        }
        free_at[parent] = finish;
    }
    free(free_at);
    return 0;
}

int two(int64_t customers, int64_t servers, const double *arrivals, const double *services, double *waits)
{
    double early = 0, late = 0;
    if (servers != 2)
        return 2;
    for (int64_t customer = 0; customer < customers; customer++) {
        double start = early > arrivals[customer] ? early : arrivals[customer];
        double finish = start + services[customer];
        waits[customer] = start - arrivals[customer];
        early = late < finish ? late : finish;
        late = late < finish ? finish : late;
    }
    return 0;
}
