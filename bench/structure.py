"""How large and how simple the source is: files, lines, functions, classes, complexity."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from radon.complexity import cc_rank, cc_visit

ROOT = Path(__file__).resolve().parents[1]
LONG_FUNCTION, LONG_MODULE = 40, 280


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method with its length in lines, its decorators left out."""

    module: str
    name: str
    n_lines: int


@dataclass(frozen=True, slots=True)
class Structure:
    """Figures of the source in `bot/` and `handlers/`; `modules` maps each path to its number of lines."""

    modules: dict[str, int]
    functions: tuple[Function, ...]
    protocols: tuple[str, ...]
    n_dataclasses: int
    complex_functions: tuple[str, ...]

    @property
    def long_functions(self) -> tuple[str, ...]:
        """The functions of more than 40 lines."""
        return tuple(f"{one.module}:{one.name}" for one in self.functions if one.n_lines > LONG_FUNCTION)

    @property
    def long_modules(self) -> tuple[str, ...]:
        """The modules of more than 280 lines."""
        return tuple(path for path, n_lines in self.modules.items() if n_lines > LONG_MODULE)


def measure(root: Path = ROOT) -> Structure:
    """Count what stands in `bot/` and `handlers/` below `root`. A complex function has radon's grade D or worse."""
    modules: dict[str, int] = {}
    functions: list[Function] = []
    protocols: list[str] = []
    complex_functions: list[str] = []
    n_dataclasses = 0
    for path in sorted(one for part in ("bot", "handlers") for one in (root / part).rglob("*.py")):
        name, text = str(path.relative_to(root)), path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        modules[name] = len(text.splitlines())
        functions += _functions(name, tree)
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        protocols += [node.name for node in classes if any(_named(base, "Protocol") for base in node.bases)]
        n_dataclasses += sum(any(_named(one, "dataclass") for one in node.decorator_list) for node in classes)
        complex_functions += [f"{name}:{one.name}" for one in cc_visit(text) if cc_rank(one.complexity) >= "D"]
    return Structure(modules, tuple(functions), tuple(protocols), n_dataclasses, tuple(complex_functions))


def _functions(module: str, tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(module, node.name, (node.end_lineno or node.lineno) - node.lineno + 1)


def _named(node: ast.expr, name: str) -> bool:
    """Whether a base or decorator is `name`, called, subscripted or bare."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return isinstance(node, ast.Name) and node.id == name


def main() -> None:
    """Print the figures."""
    found = measure()
    sizes, lengths = sorted(found.modules.values()), sorted(one.n_lines for one in found.functions)
    print(f"structure: {len(sizes)} files, {sum(sizes):,} lines, module median {statistics.median(sizes):.0f}")
    print(f"  {len(lengths)} functions, median {statistics.median(lengths):.0f} lines, 9 of 10 up to", end=" ")
    print(f"{lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]}; {found.n_dataclasses} dataclasses")
    for what, names in (
        (f"functions over {LONG_FUNCTION} lines", found.long_functions),
        (f"modules over {LONG_MODULE} lines", found.long_modules),
        ("functions of complexity D or worse", found.complex_functions),
        ("protocols", found.protocols),
    ):
        print(f"  {what}: {len(names)}  {', '.join(names)}")


if __name__ == "__main__":
    main()
