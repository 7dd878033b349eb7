"""A machine of another architecture: an image that is the whole of its file system, and qemu that boots a kernel of Debian with it."""
import os
import stat
import subprocess


class Image:
    """An initramfs, in the format "newc" of cpio(5): paths with what is there."""

    def __init__(self):
        self.entries = {}

    def put(self, path, mode, data=b"", device=(0, 0)):
        path = path.strip("/")
        above = os.path.dirname(path)
        if above and above not in self.entries:
            self.put(above, stat.S_IFDIR | 0o755)
        self.entries[path] = (mode, data, device)

    def folder(self, path):
        self.put(path, stat.S_IFDIR | 0o755)

    def link(self, path, to):
        self.put(path, stat.S_IFLNK | 0o777, to.encode())

    def text(self, path, text, mode=0o644):
        self.put(path, stat.S_IFREG | mode, text.encode())

    def file(self, path, source):
        st = os.lstat(source)
        if stat.S_ISLNK(st.st_mode):
            self.link(path, os.readlink(source))
        elif stat.S_ISREG(st.st_mode):
            with open(source, "rb") as f:
                self.put(path, st.st_mode, f.read())

    def tree(self, path, source, is_wanted=lambda path: True):
        """All below source whose path there is wanted."""
        for folder, folders, files in os.walk(source):
            below = os.path.relpath(folder, source)
            folders[:] = [n for n in folders if is_wanted(os.path.normpath(os.path.join(below, n)))]
            for name in files + [n for n in folders if os.path.islink(os.path.join(folder, n))]:
                part = os.path.normpath(os.path.join(below, name))
                if is_wanted(part):
                    self.file(os.path.join(path, part), os.path.join(folder, name))

    def write(self, path):
        with open(path, "wb") as out:
            for n, (name, (mode, data, device)) in enumerate(sorted(self.entries.items()), 1):
                self.write_entry(out, n, name, mode, data, device)
            self.write_entry(out, 0, "TRAILER!!!", 0, b"", (0, 0))

    @staticmethod
    def write_entry(out, n, name, mode, data, device):
        name = name.encode() + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (n, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(name), 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
        for part in (head, data):
            out.write(part + b"\0" * (-len(part) % 4))


def boot(qemu, options, kernel, image, words, seconds):
    """What the machine wrote on its console until it switched itself off; None behind it if it did not."""
    command = [qemu, *options, "-nographic", "-nic", "none", "-no-reboot", "-kernel", kernel, "-initrd", image, "-append", words]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as p:
        try:
            out, _ = p.communicate(timeout=seconds)
            return out.decode(errors="replace").replace("\r", ""), p.returncode
        except subprocess.TimeoutExpired:
            p.kill()
            out, _ = p.communicate()
            return out.decode(errors="replace").replace("\r", ""), None
