/* A peer: the event loop a competent C programmer writes for plans in which each task needs one unit of one
 * resource. A binary heap of finishes, and for each resource a binary heap of ready tasks by rank.
 *
 * A day is the time of an event: all finishes of a day come first, then each resource that something changed
 * for hands out what it has, by rank. That is contract 1 for such plans, so its schedules equal the engines'.
 */

#include <stdint.h>
#include <stdlib.h>

#define NEVER INT32_MAX

typedef struct {
    int32_t tasks, resources, horizon;
    const int32_t *needs;           /* [task]: its resource */
    const int32_t *units;           /* [resource]: its capacity */
    const int32_t *place;           /* [task]: its place in the scan, by (rank, task) */
    const int32_t *task_at;         /* [place]: the task at that place */
    const int32_t *missing;         /* [task]: number of predecessors */
    const int32_t *after_at, *after; /* successors of task t: after[after_at[t] .. after_at[t + 1]) */
    const int32_t *queue_at;        /* [resource]: where its heap of ready tasks begins */
} Plan;

static void push_place(int32_t *heap, int32_t *size, int32_t value)
{
    int32_t child = (*size)++;
    while (child > 0) {
        int32_t parent = (child - 1) / 2;
        if (heap[parent] <= value)
            break;
        heap[child] = heap[parent];
        child = parent;
    }
    heap[child] = value;
}

static int32_t pop_place(int32_t *heap, int32_t *size)
{
    int32_t first = heap[0], value = heap[--(*size)], parent = 0;
    for (;;) {
        int32_t child = 2 * parent + 1;
        if (child >= *size)
            break;
        if (child + 1 < *size && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= value)
            break;
        heap[parent] = heap[child];
        parent = child;
    }
    heap[parent] = value;
    return first;
}

/* Finishes are ordered by day alone; the task rides in the low half of the word. */
static void push_event(uint64_t *heap, int32_t *size, uint64_t value)
{
    int32_t child = (*size)++;
    while (child > 0) {
        int32_t parent = (child - 1) / 2;
        if (heap[parent] <= value)
            break;
        heap[child] = heap[parent];
        child = parent;
    }
    heap[child] = value;
}

static uint64_t pop_event(uint64_t *heap, int32_t *size)
{
    uint64_t first = heap[0], value = heap[--(*size)];
    int32_t parent = 0;
    for (;;) {
        int32_t child = 2 * parent + 1;
        if (child >= *size)
            break;
        if (child + 1 < *size && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= value)
            break;
        heap[parent] = heap[child];
        parent = child;
    }
    heap[parent] = value;
    return first;
}

/* Room for one replication, kept from one to the next. */
typedef struct {
    int32_t *left, *available, *queued, *queue, *changed;
    uint8_t *is_changed;
    uint64_t *events;
} Room;

static void one_future(const Plan *plan, Room *room, const int32_t *days, int32_t *start, int32_t *finish)
{
    int32_t events = 0, changed = 0, day = 0;
    for (int32_t resource = 0; resource < plan->resources; resource++) {
        room->available[resource] = plan->units[resource];
        room->queued[resource] = 0;
        room->is_changed[resource] = 1;
        room->changed[changed++] = resource;
    }
    for (int32_t task = 0; task < plan->tasks; task++) {
        int32_t resource = plan->needs[task];
        start[task] = finish[task] = NEVER;
        room->left[task] = plan->missing[task];
        if (room->left[task] == 0)
            push_place(room->queue + plan->queue_at[resource], &room->queued[resource], plan->place[task]);
    }
    for (;;) {
        while (changed > 0) {
            int32_t resource = room->changed[--changed];
            int32_t *queue = room->queue + plan->queue_at[resource];
            room->is_changed[resource] = 0;
            while (room->available[resource] > 0 && room->queued[resource] > 0) {
                int32_t task = plan->task_at[pop_place(queue, &room->queued[resource])];
                int32_t end = day + days[task];
                room->available[resource]--;
                start[task] = day;
                if (end < plan->horizon)
                    push_event(room->events, &events, (uint64_t)end << 32 | (uint32_t)task);
            }
        }
        if (events == 0)
            return;
        day = (int32_t)(room->events[0] >> 32);
        while (events > 0 && (int32_t)(room->events[0] >> 32) == day) {
            int32_t task = (int32_t)(uint32_t)pop_event(room->events, &events);
            int32_t resource = plan->needs[task];
            finish[task] = day;
            room->available[resource]++;
            if (!room->is_changed[resource]) {
                room->is_changed[resource] = 1;
                room->changed[changed++] = resource;
            }
            for (int32_t at = plan->after_at[task]; at < plan->after_at[task + 1]; at++) {
                int32_t next = plan->after[at];
                if (--room->left[next] == 0) {
                    int32_t wanted = plan->needs[next];
                    push_place(room->queue + plan->queue_at[wanted], &room->queued[wanted], plan->place[next]);
                    if (!room->is_changed[wanted]) {
                        room->is_changed[wanted] = 1;
                        room->changed[changed++] = wanted;
                    }
                }
            }
        }
    }
}

/* Fill start and finish, [replication, task]. Returns 0, or 1 when there is not enough memory. */
int run(const Plan *plan, int32_t replications, const int32_t *days, int32_t *start, int32_t *finish)
{
    size_t tasks = (size_t)plan->tasks, resources = (size_t)plan->resources;
    Room room = {
        malloc(4 * tasks + 4),     malloc(4 * resources + 4), malloc(4 * resources + 4), malloc(4 * tasks + 4),
        malloc(4 * resources + 4), malloc(resources + 4),     malloc(8 * tasks + 8),
    };
    int failed = !room.left || !room.available || !room.queued || !room.queue || !room.changed ||
                 !room.is_changed || !room.events;
    for (int32_t row = 0; row < replications && !failed; row++)
        one_future(plan, &room, days + row * tasks, start + row * tasks, finish + row * tasks);
    free(room.left);
    free(room.available);
    free(room.queued);
    free(room.queue);
    free(room.changed);
    free(room.is_changed);
    free(room.events);
    return failed;
}
