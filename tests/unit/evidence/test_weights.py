"""The digest of a folder is what anybody can compute, and covers every file that says what a model answers."""

import hashlib

from trimtab.kinds.weights import file_sha256, folder_sha256


def test_a_folder_is_its_files_by_name(tmp_path):
    files = {"a.safetensors": b"weights", "config.json": b"{}", "notes.md": b"not read"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    lines = "".join(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n" for name in ("a.safetensors", "config.json"))
    assert folder_sha256(tmp_path) == hashlib.sha256(lines.encode()).hexdigest()
    assert file_sha256(tmp_path / "config.json") == hashlib.sha256(b"{}").hexdigest()
    before = folder_sha256(tmp_path)
    (tmp_path / "notes.md").write_text("other")
    assert folder_sha256(tmp_path) == before
    (tmp_path / "config.json").rename(tmp_path / "configuration.json")
    assert folder_sha256(tmp_path) != before
