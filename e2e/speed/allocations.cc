// Loaded into a broker with LD_PRELOAD: counts what it allocates and frees, and from where, into a file that
// BARNABAS_ALLOCATIONS names and that the test maps (speed/allocations.py reads the same layout). Frames are found by
// frame pointers, which this project's code keeps; those of libraries without them are missing.

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <new>

extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* old, std::size_t size);               // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
void __libc_free(void* pointer);                                 // NOLINT(bugprone-reserved-identifier)
}

namespace {

constexpr std::size_t most_frames = 14, most_sites = 8192;

struct Site {
    std::atomic<std::uint64_t> hash;  ///< 0: free
    std::atomic<std::uint64_t> count;
    std::atomic<std::uint64_t> bytes;
    std::uint64_t frames[most_frames];  ///< return addresses, the innermost first; 0 ends them
};

struct Counts {
    std::atomic<std::uint64_t> allocations;
    std::atomic<std::uint64_t> frees;
    std::atomic<std::uint64_t> bytes;
    std::atomic<std::uint64_t> recording;  ///< set by the test: sites are told apart
    Site sites[most_sites];
};

std::atomic<Counts*> counts = nullptr;

/// The calling thread's stack, for a walk that must not leave it.
struct Stack {
    std::uintptr_t end = 0;
    bool asked = false;
};
[[gnu::tls_model("initial-exec")]] thread_local Stack stack;

std::uintptr_t stack_end() {
    if (!stack.asked) {
        stack.asked = true;  // before what follows allocates
        pthread_attr_t attributes;
        if (::pthread_getattr_np(::pthread_self(), &attributes) == 0) {
            void* low = nullptr;
            std::size_t size = 0;
            ::pthread_attr_getstack(&attributes, &low, &size);
            stack.end = reinterpret_cast<std::uintptr_t>(low) + size;
            ::pthread_attr_destroy(&attributes);
        }
    }
    return stack.end;
}

/// Fills `frames` from `frame` outwards and returns their hash, which is not 0.
std::uint64_t walk(const void* frame, std::uint64_t (&frames)[most_frames]) {
    const std::uintptr_t end = stack_end();
    auto at = reinterpret_cast<std::uintptr_t>(frame);
    std::uint64_t hash = 14695981039346656037U;
    for (std::uint64_t& each : frames) {
        if (at == 0 || at % alignof(void*) != 0 || at + 2 * sizeof(void*) > end) {
            break;
        }
        const auto* words = reinterpret_cast<const std::uintptr_t*>(at);
        each = words[1];
        hash = (hash ^ each) * 1099511628211U;
        if (words[0] <= at) {
            break;
        }
        at = words[0];
    }
    return hash | 1U;
}

void record(Counts& into, const void* frame, std::size_t size) {
    std::uint64_t frames[most_frames] = {};
    const std::uint64_t hash = walk(frame, frames);
    for (std::size_t i = 0; i < most_sites; ++i) {
        Site& site = into.sites[(hash + i) % most_sites];
        std::uint64_t found = 0;
        if (site.hash.compare_exchange_strong(found, hash)) {
            std::uint64_t* to = site.frames;
            for (const std::uint64_t each : frames) {
                *to++ = each;
            }
            found = hash;
        }
        if (found == hash) {
            site.count.fetch_add(1, std::memory_order_relaxed);
            site.bytes.fetch_add(size, std::memory_order_relaxed);
            return;
        }
    }
}

/// `frame` is of the function that was called to allocate.
void* counted(void* pointer, std::size_t size, const void* frame) {
    if (Counts* into = counts.load(std::memory_order_relaxed)) {
        into->allocations.fetch_add(1, std::memory_order_relaxed);
        into->bytes.fetch_add(size, std::memory_order_relaxed);
        if (into->recording.load(std::memory_order_relaxed) != 0) {
            record(*into, frame, size);
        }
    }
    return pointer;
}

[[gnu::constructor]] void open_counts() {
    const char* path = std::getenv("BARNABAS_ALLOCATIONS");
    const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0 || ::ftruncate(file, sizeof(Counts)) != 0) {
        return;
    }
    void* mapped = ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    if (mapped != MAP_FAILED) {
        counts = static_cast<Counts*>(mapped);
    }
}

}  // namespace

#define FRAME __builtin_frame_address(0)

extern "C" {

[[gnu::visibility("default")]] void* malloc(std::size_t size) {
    return counted(__libc_malloc(size), size, FRAME);
}

[[gnu::visibility("default")]] void* calloc(std::size_t count, std::size_t size) {
    return counted(__libc_calloc(count, size), count * size, FRAME);
}

[[gnu::visibility("default")]] void* realloc(void* old, std::size_t size) {
    return counted(__libc_realloc(old, size), size, FRAME);
}

[[gnu::visibility("default")]] void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return counted(__libc_memalign(alignment, size), size, FRAME);
}

[[gnu::visibility("default")]] int posix_memalign(void** pointer, std::size_t alignment, std::size_t size) {
    *pointer = counted(__libc_memalign(alignment, size), size, FRAME);
    return *pointer == nullptr ? ENOMEM : 0;
}

[[gnu::visibility("default")]] void free(void* pointer) {
    Counts* into = counts.load(std::memory_order_relaxed);
    if (pointer != nullptr && into != nullptr) {
        into->frees.fetch_add(1, std::memory_order_relaxed);
    }
    __libc_free(pointer);
}
}

// libstdc++'s own has no frame pointer, and would hide who called it.
[[gnu::visibility("default")]] void* operator new(std::size_t size) {
    void* pointer = counted(__libc_malloc(size), size, FRAME);
    if (pointer == nullptr) {
        std::abort();
    }
    return pointer;
}
