"""What comes from Debian: trees of another architecture to build against and to run from, and kernels. Each is fetched once, and again when the
list of packages is another one. Nothing of it is installed here.
"""
import glob
import os
import shutil
import subprocess
import tarfile

RELEASE = "bookworm"


def call(*command, **how):
    """Its output; what it said is in the error."""
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how)
    if p.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: status {p.returncode}\n{p.stdout[-3000:]}")
    return p.stdout


def kept(path, wanted, make):
    """path, made by make(path) unless it is there and was made as wanted."""
    stamp = path + ".made"
    if os.path.exists(path) and os.path.exists(stamp) and open(stamp).read() == wanted:
        return path
    shutil.rmtree(path, ignore_errors=True)
    make(path)
    with open(stamp, "w") as f:
        f.write(wanted)
    return path


def make_links_relative(top):
    """So that a compiler that is told of a tree does not follow its links out of it."""
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.path.islink(path) and os.readlink(path).startswith("/"):
                to = top + os.readlink(path)
                os.unlink(path)
                os.symlink(os.path.relpath(to, folder), path)


def tree(folder, arch, packages, release=RELEASE):
    """A folder with the files of the packages, and of those that they need; nothing in it has been run."""
    def make(path):
        call("mmdebstrap", "--variant=extract", "--architectures=" + arch, "--include=" + ",".join(packages), release, path)
        make_links_relative(path)
    return kept(os.path.join(folder, "tree-" + arch), " ".join([release, *packages]), make)


def any_tree(folder):
    """One that is there, or else a small one: for the list of sources that it came from."""
    there = glob.glob(os.path.join(folder, "tree-*/etc/apt"))
    return os.path.dirname(os.path.dirname(there[0])) if there else tree(folder, "arm64", ["libc6"])


def apt(folder, arch, sources):
    """The options with which apt-get knows another architecture, in a folder of its own."""
    for sub in ("lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(folder, sub), exist_ok=True)
    with open(os.path.join(folder, "status"), "w"):
        pass
    options = {"Dir::State": folder, "Dir::State::Status": folder + "/status", "Dir::Cache": folder + "/cache", "Dir::Etc::SourceList": sources,
               "Dir::Etc::SourceParts": "/dev/null", "APT::Architecture": arch, "APT::Architectures": arch, "APT::Sandbox::User": "root"}
    return [part for key, value in options.items() for part in ("-o", f"{key}={value}")]


def kernel(folder, arch, sources):
    """(kernel, its configuration) of Debian. sources: a sources.list."""
    def make(path):
        os.makedirs(path)
        options = apt(os.path.join(path, "apt"), arch, sources)
        call("apt-get", *options, "-q", "update")
        said = call("apt-cache", *options, "depends", f"linux-image-{arch}")
        package = said.split("Depends:")[1].split()[0]
        call("apt-get", *options, "-q", "download", package, cwd=path)
        deb = glob.glob(f"{path}/*.deb")[0]
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as p, tarfile.open(fileobj=p.stdout, mode="r|") as tar:
            for member in tar:
                name = os.path.basename(member.name)
                if name.startswith(("vmlinu", "config-")):
                    with open(os.path.join(path, name.split("-")[0]), "wb") as out:
                        shutil.copyfileobj(tar.extractfile(member), out)
        os.unlink(deb)
        shutil.rmtree(os.path.join(path, "apt"))
    path = kept(os.path.join(folder, "kernel-" + arch), RELEASE, make)
    return glob.glob(path + "/vmlinu[xz]")[0], path + "/config"
