"""What a broker that runs with liballocations.so has allocated, and from where."""

import mmap
import pathlib
import re
import struct
import subprocess

FRAMES, SITES = 14, 8192
SITE = struct.Struct(f"{3 + FRAMES}Q")
OURS = re.compile(r"/(broker|security|protocol)/")  # generated sources too
OUTSIDE = "outside: "
HEAD = struct.Struct("4Q")  # allocations, frees, bytes, recording


class Allocations:
    """The counts in a file that the library maps."""

    def __init__(self, path):
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), HEAD.size + SITES * SITE.size)

    def count(self):
        return HEAD.unpack_from(self.map)[0]

    def record(self, on):
        struct.pack_into("Q", self.map, 24, on)

    def sites(self):
        """[(count, bytes, [return addresses])], the most frequent first."""
        found = []
        for at in range(HEAD.size, len(self.map), SITE.size):
            digest, count, size, *frames = SITE.unpack_from(self.map, at)
            if digest:
                found.append((count, size, [frame for frame in frames if frame]))
        return sorted(found, reverse=True)


class Symbols:
    """Names of a running program's addresses."""

    def __init__(self, pid):
        self.maps = []
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            words = line.split()
            if len(words) == 6 and words[5].startswith("/"):
                low, high = (int(word, 16) for word in words[0].split("-"))
                self.maps.append((low, high, words[5]))
        self.bases = {}
        for low, _, path in self.maps:
            self.bases.setdefault(path, low)
        self.known = {}

    def learn(self, addresses):
        """Asks for all of them at once: the tool reads the program's debug information each time."""
        by_file = {}
        for address in addresses:
            for low, high, path in self.maps:
                if low <= address < high:
                    by_file.setdefault(path, []).append(address)
        for path, wanted in by_file.items():
            asked = [hex(address - 1 - self.bases[path]) for address in wanted]
            told = subprocess.run(
                ["addr2line", "-a", "-i", "-f", "-C", "-e", path, *asked], capture_output=True, text=True, check=False
            ).stdout
            blocks = re.split(r"^0x[0-9a-f]+\n", told, flags=re.M)[1:]
            for address, block in zip(wanted, blocks):
                lines = block.splitlines()
                frames = list(zip(lines[::2], lines[1::2]))  # what was inlined comes first
                ours = [f"{short(name)} {place.rpartition('/')[2]}" for name, place in frames if OURS.search(place)]
                self.known[address] = " < ".join(ours) or OUTSIDE + frames[-1][0]

    def path(self, frames):
        """Our own functions among them, the innermost first."""
        names = [self.known.get(frame, OUTSIDE) for frame in frames]
        return " < ".join(name for name in names if not name.startswith(OUTSIDE))


def short(function):
    """Without arguments and namespaces that every line would repeat."""
    for _ in range(6):
        function = re.sub(r"<[^<>]*>|\([^()]*\)", "", function)
    return function.replace("barnabas::", "").replace("boost::asio::", "asio::")[:60]
