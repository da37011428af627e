/* A small libnvidia-ml.so.1: two H100-like GPUs, in states chosen by environment variables.
 *
 * FAKE_NVML_INIT=N            nvmlInitWithFlags answers N (18: driver/library version mismatch)
 * FAKE_NVML_LOST=I            every call about GPU I answers 15 (GPU is lost)
 * FAKE_NVML_LOST_HANDLE=I     the handle of GPU I already answers 15
 * FAKE_NVML_REFUSE=a,b        calls whose name ends in a or b answer 4 (no permission)
 * FAKE_NVML_UNSUPPORTED=a,b   they answer 3 (not supported)
 * FAKE_NVML_HANG=a            that call never returns
 * FAKE_NVML_MIG=1             MIG is on for GPU 0, with instances 0 and 2
 * FAKE_NVML_MIXED=1           GPU 1 is another model
 * FAKE_NVML_NEEDS_RESET=a,b   calls whose name ends in a or b answer 16 (GPU needs a reset)
 * FAKE_NVML_PERSISTENCE, _MODE, _REASONS, _WIDTH, _PENDING, _UNCORRECTED, _LIMIT=N
 *                             the persistence mode, compute mode, mask of clock reasons, PCIe
 *                             lanes, pending remaps, uncorrectable errors, power limit (mW) are N
 * Compiled with -DOLD_NVML it lacks every call that old drivers lack.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct { int index; int mig; } device_t;
static device_t devices[2] = {{0, -1}, {1, -1}};
static device_t instances[3] = {{0, 0}, {0, 1}, {0, 2}};

typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; } pci_t;
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned pid; unsigned long long used; unsigned gi, ci; } process_t;

static int number(const char *name) { const char *t = getenv(name); return t ? atoi(t) : -1; }
static int chosen(const char *name, int usual) { int n = number(name); return n < 0 ? usual : n; }

static int listed(const char *variable, const char *call) {
    char text[512]; const char *value = getenv(variable);
    if (!value) return 0;
    snprintf(text, sizeof text, "%s", value);
    for (char *word = strtok(text, ","); word; word = strtok(NULL, ",")) {
        size_t n = strlen(word), m = strlen(call);
        if (n <= m && strcmp(call + m - n, word) == 0) return 1;
    }
    return 0;
}

static int state(const char *call, device_t *gpu) {
    if (listed("FAKE_NVML_HANG", call)) for (;;) pause();
    if (gpu && number("FAKE_NVML_LOST") == gpu->index) return 15;
    if (listed("FAKE_NVML_REFUSE", call)) return 4;
    if (listed("FAKE_NVML_UNSUPPORTED", call)) return 3;
    if (listed("FAKE_NVML_NEEDS_RESET", call)) return 16;
    return 0;
}

#define ASK(gpu) do { int r = state(__func__ + 4, gpu); if (r) return r; } while (0)

static const char *texts(int code) { return code == 15 ? "GPU is lost" : "fake error"; }
const char *nvmlErrorString(int code) { return texts(code); }
int nvmlShutdown(void) { return 0; }
int nvmlSystemGetDriverVersion(char *out, unsigned n) { ASK(NULL); snprintf(out, n, "550.54.15"); return 0; }
int nvmlDeviceGetName(device_t *g, char *out, unsigned n) {
    ASK(g);
    snprintf(out, n, g->index && getenv("FAKE_NVML_MIXED") ? "NVIDIA T4" : "NVIDIA H100 80GB HBM3%s",
             g->mig < 0 ? "" : " MIG 3g.40gb");
    return 0;
}
int nvmlDeviceGetUUID(device_t *g, char *out, unsigned n) {
    ASK(g);
    if (g->mig < 0) snprintf(out, n, "GPU-%08x-0000-0000-0000-000000000000", 0xaaaa0000 + g->index);
    else snprintf(out, n, "MIG-%08x-0000-0000-0000-000000000000", 0xbbbb0000 + g->mig);
    return 0;
}
int nvmlDeviceGetMemoryInfo(device_t *g, memory_t *m) {
    ASK(g);
    m->total = (80ULL << 30) >> (g->mig < 0 ? 0 : 1); m->used = 1ULL << 30; m->free = m->total - m->used;
    return 0;
}
#ifdef OLD_NVML
int nvmlInit(void) { return 0; }
int nvmlDeviceGetCount(unsigned *n) { *n = 2; return 0; }
#else
int nvmlInitWithFlags(unsigned flags) {
    (void)flags; ASK(NULL);
    return number("FAKE_NVML_INIT") < 0 ? 0 : number("FAKE_NVML_INIT");
}
int nvmlSystemGetNVMLVersion(char *out, unsigned n) { ASK(NULL); snprintf(out, n, "12.550.54.15"); return 0; }
int nvmlSystemGetCudaDriverVersion(int *v) { ASK(NULL); *v = 12040; return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { ASK(NULL); *n = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, device_t **g) {
    ASK(NULL);
    if (i > 1) return 2;
    if (number("FAKE_NVML_LOST_HANDLE") == (int)i) return 15;
    *g = &devices[i]; return 0;
}
int nvmlDeviceGetPciInfo_v3(device_t *g, pci_t *p) {
    ASK(g); memset(p, 0, sizeof *p);
    snprintf(p->bus_id, sizeof p->bus_id, "00000000:%02X:00.0", 0x18 + g->index);
    return 0;
}
int nvmlDeviceGetCudaComputeCapability(device_t *g, int *major, int *minor) {
    ASK(g);
    int t4 = g->index && getenv("FAKE_NVML_MIXED");
    *major = t4 ? 7 : 9; *minor = t4 ? 5 : 0; return 0;
}
int nvmlDeviceGetArchitecture(device_t *g, unsigned *a) { ASK(g); *a = 9; return 0; }
int nvmlDeviceGetComputeMode(device_t *g, int *m) { ASK(g); *m = chosen("FAKE_NVML_MODE", 0); return 0; }
int nvmlDeviceGetPersistenceMode(device_t *g, int *m) { ASK(g); *m = chosen("FAKE_NVML_PERSISTENCE", 1); return 0; }
int nvmlDeviceGetEccMode(device_t *g, int *now, int *later) { ASK(g); *now = 1; *later = 1; return 0; }
int nvmlDeviceGetTotalEccErrors(device_t *g, int kind, int counter, unsigned long long *n) {
    ASK(g); *n = kind == 0 && counter == 1 ? 7 : kind == 1 ? chosen("FAKE_NVML_UNCORRECTED", 0) : 0; return 0;
}
int nvmlDeviceGetRemappedRows(device_t *g, unsigned *c, unsigned *u, unsigned *p, unsigned *f) {
    ASK(g); *c = 1; *u = 0; *p = chosen("FAKE_NVML_PENDING", 0); *f = 0; return 0;
}
int nvmlDeviceGetMigMode(device_t *g, unsigned *now, unsigned *later) {
    ASK(g); *now = *later = g->index == 0 && getenv("FAKE_NVML_MIG"); return 0;
}
int nvmlDeviceGetMaxMigDeviceCount(device_t *g, unsigned *n) { ASK(g); *n = 3; return 0; }
int nvmlDeviceGetMigDeviceHandleByIndex(device_t *g, unsigned i, device_t **m) {
    ASK(g);
    if (g->index || !getenv("FAKE_NVML_MIG") || i == 1 || i > 2) return 6;
    *m = &instances[i]; return 0;
}
int nvmlDeviceGetGpuInstanceId(device_t *g, unsigned *i) { ASK(g); *i = 1 + g->mig; return 0; }
int nvmlDeviceGetComputeInstanceId(device_t *g, unsigned *i) { ASK(g); *i = 0; return 0; }
int nvmlDeviceGetPowerUsage(device_t *g, unsigned *mw) { ASK(g); *mw = 75500; return 0; }
int nvmlDeviceGetEnforcedPowerLimit(device_t *g, unsigned *mw) { ASK(g); *mw = chosen("FAKE_NVML_LIMIT", 700000); return 0; }
int nvmlDeviceGetPowerManagementDefaultLimit(device_t *g, unsigned *mw) { ASK(g); *mw = 700000; return 0; }
int nvmlDeviceGetClockInfo(device_t *g, int kind, unsigned *c) { ASK(g); *c = kind == 1 ? 345 : 2619; return 0; }
int nvmlDeviceGetMaxClockInfo(device_t *g, int kind, unsigned *c) { ASK(g); *c = kind == 1 ? 1980 : 2619; return 0; }
int nvmlDeviceGetCurrentClocksThrottleReasons(device_t *g, unsigned long long *r) { ASK(g); *r = chosen("FAKE_NVML_REASONS", 0x5); return 0; }
int nvmlDeviceGetTemperature(device_t *g, int sensor, unsigned *t) { ASK(g); (void)sensor; *t = 41; return 0; }
int nvmlDeviceGetCurrPcieLinkGeneration(device_t *g, unsigned *n) { ASK(g); *n = 1; return 0; }
int nvmlDeviceGetMaxPcieLinkGeneration(device_t *g, unsigned *n) { ASK(g); *n = 5; return 0; }
int nvmlDeviceGetCurrPcieLinkWidth(device_t *g, unsigned *n) { ASK(g); *n = chosen("FAKE_NVML_WIDTH", 16); return 0; }
int nvmlDeviceGetMaxPcieLinkWidth(device_t *g, unsigned *n) { ASK(g); *n = 16; return 0; }
int nvmlDeviceGetNvLinkState(device_t *g, unsigned link, unsigned *up) {
    ASK(g); if (link >= 4) return 2; *up = link != 3; return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(device_t *g, unsigned *n, process_t *p) {
    ASK(g);
    if (!p) { *n = 2; return 7; }
    p[0] = (process_t){4242, 1ULL << 29, 0xffffffff, 0xffffffff};
    p[1] = (process_t){4243, ~0ULL, 0xffffffff, 0xffffffff};
    *n = 2; return 0;
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(device_t *g, unsigned *n, process_t *p) {
    ASK(g); (void)p; *n = 0; return 0;
}
int nvmlSystemGetProcessName(unsigned pid, char *out, unsigned n) {
    ASK(NULL);
    if (pid == 4243) return 6;
    snprintf(out, n, "/usr/bin/train"); return 0;
}
#endif
