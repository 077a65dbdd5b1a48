"""Every mutant of a source that changes what the program does, and a sample of them that is always the same."""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutants.packages import ROOT

_SEED = 20260101
# What needs arguments, does nothing, or does not know `except (A, B)`.
_USELESS = ("VariableInserter", "VariableReplacer", "NoOp", "ExceptionReplacer")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A source with one fault; `before` and `after` are the lines that differ."""

    source: Path
    before: str
    after: str
    code: str

    @property
    def name(self) -> str:
        """What is the same as long as these lines are."""
        return f"{self.source}: {self.before} -> {self.after}"


def sampled(sources: Iterable[Path], most: int) -> list[Mutant]:
    """At most `most` mutants in an order by chance that is always the same."""
    codes = {source: (ROOT / source).read_text(encoding="utf-8") for source in sources}
    faults = [(source, name, n) for source, code in codes.items() for name, n in _faults(code)]
    random.Random(_SEED).shuffle(faults)
    seen = {source: {_meaning(code)} for source, code in codes.items()}
    mutants: list[Mutant] = []
    for source, name, n in faults:
        if len(mutants) == most:
            break
        mutated = mutate_code(codes[source], get_operator(name)(), n)
        if mutated and (meaning := _meaning(mutated)) and meaning not in seen[source]:
            seen[source].add(meaning)
            mutants.append(Mutant(source, *_lines(codes[source], mutated), mutated))
    return mutants


def _faults(code: str) -> Iterator[tuple[str, int]]:
    """Each operator's name with the numbers of what it may change."""
    nodes = list(ast_nodes(get_ast(code)))
    for name in sorted(operator_names()):
        if not name.endswith(_USELESS):
            operator = get_operator(name)()
            count = sum(len(list(operator.mutation_positions(node))) for node in nodes)
            yield from ((name, n) for n in range(count))


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name is ast's


def _meaning(code: str) -> str | None:
    """What the program does; annotations are never evaluated, so that a change in one is no fault."""
    try:
        return ast.dump(_WithoutAnnotations().visit(ast.parse(code)))
    except SyntaxError:
        return None


def _lines(before: str, after: str) -> tuple[str, str]:
    changes = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0))[3:]
    removed, added = (" ".join(line[1:].strip() for line in changes if line.startswith(sign)) for sign in "-+")
    return removed, added
