"""Know arXiv's categories, and what a mistyped one may have meant.

The list follows arXiv's published taxonomy (https://arxiv.org/category_taxonomy), aliases included.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from types import MappingProxyType

_COMPUTER_SCIENCE = {
    "AI": "Artificial Intelligence",
    "AR": "Hardware Architecture",
    "CC": "Computational Complexity",
    "CE": "Computational Engineering, Finance, and Science",
    "CG": "Computational Geometry",
    "CL": "Computation and Language",
    "CR": "Cryptography and Security",
    "CV": "Computer Vision and Pattern Recognition",
    "CY": "Computers and Society",
    "DB": "Databases",
    "DC": "Distributed, Parallel, and Cluster Computing",
    "DL": "Digital Libraries",
    "DM": "Discrete Mathematics",
    "DS": "Data Structures and Algorithms",
    "ET": "Emerging Technologies",
    "FL": "Formal Languages and Automata Theory",
    "GL": "General Literature",
    "GR": "Graphics",
    "GT": "Computer Science and Game Theory",
    "HC": "Human-Computer Interaction",
    "IR": "Information Retrieval",
    "IT": "Information Theory",
    "LG": "Machine Learning",
    "LO": "Logic in Computer Science",
    "MA": "Multiagent Systems",
    "MM": "Multimedia",
    "MS": "Mathematical Software",
    "NA": "Numerical Analysis",
    "NE": "Neural and Evolutionary Computing",
    "NI": "Networking and Internet Architecture",
    "OH": "Other Computer Science",
    "OS": "Operating Systems",
    "PF": "Performance",
    "PL": "Programming Languages",
    "RO": "Robotics",
    "SC": "Symbolic Computation",
    "SD": "Sound",
    "SE": "Software Engineering",
    "SI": "Social and Information Networks",
    "SY": "Systems and Control",
}
_ECONOMICS = {"EM": "Econometrics", "GN": "General Economics", "TH": "Theoretical Economics"}
_ELECTRICAL_ENGINEERING = {
    "AS": "Audio and Speech Processing",
    "IV": "Image and Video Processing",
    "SP": "Signal Processing",
    "SY": "Systems and Control",
}
_MATHEMATICS = {
    "AC": "Commutative Algebra",
    "AG": "Algebraic Geometry",
    "AP": "Analysis of PDEs",
    "AT": "Algebraic Topology",
    "CA": "Classical Analysis and ODEs",
    "CO": "Combinatorics",
    "CT": "Category Theory",
    "CV": "Complex Variables",
    "DG": "Differential Geometry",
    "DS": "Dynamical Systems",
    "FA": "Functional Analysis",
    "GM": "General Mathematics",
    "GN": "General Topology",
    "GR": "Group Theory",
    "GT": "Geometric Topology",
    "HO": "History and Overview",
    "IT": "Information Theory",
    "KT": "K-Theory and Homology",
    "LO": "Logic",
    "MG": "Metric Geometry",
    "MP": "Mathematical Physics",
    "NA": "Numerical Analysis",
    "NT": "Number Theory",
    "OA": "Operator Algebras",
    "OC": "Optimization and Control",
    "PR": "Probability",
    "QA": "Quantum Algebra",
    "RA": "Rings and Algebras",
    "RT": "Representation Theory",
    "SG": "Symplectic Geometry",
    "SP": "Spectral Theory",
    "ST": "Statistics Theory",
}
_ASTROPHYSICS = {
    "CO": "Cosmology and Nongalactic Astrophysics",
    "EP": "Earth and Planetary Astrophysics",
    "GA": "Astrophysics of Galaxies",
    "HE": "High Energy Astrophysical Phenomena",
    "IM": "Instrumentation and Methods for Astrophysics",
    "SR": "Solar and Stellar Astrophysics",
}
_CONDENSED_MATTER = {
    "dis-nn": "Disordered Systems and Neural Networks",
    "mes-hall": "Mesoscale and Nanoscale Physics",
    "mtrl-sci": "Materials Science",
    "other": "Other Condensed Matter",
    "quant-gas": "Quantum Gases",
    "soft": "Soft Condensed Matter",
    "stat-mech": "Statistical Mechanics",
    "str-el": "Strongly Correlated Electrons",
    "supr-con": "Superconductivity",
}
_NONLINEAR_SCIENCES = {
    "AO": "Adaptation and Self-Organizing Systems",
    "CD": "Chaotic Dynamics",
    "CG": "Cellular Automata and Lattice Gases",
    "PS": "Pattern Formation and Solitons",
    "SI": "Exactly Solvable and Integrable Systems",
}
_PHYSICS = {
    "acc-ph": "Accelerator Physics",
    "ao-ph": "Atmospheric and Oceanic Physics",
    "app-ph": "Applied Physics",
    "atm-clus": "Atomic and Molecular Clusters",
    "atom-ph": "Atomic Physics",
    "bio-ph": "Biological Physics",
    "chem-ph": "Chemical Physics",
    "class-ph": "Classical Physics",
    "comp-ph": "Computational Physics",
    "data-an": "Data Analysis, Statistics and Probability",
    "ed-ph": "Physics Education",
    "flu-dyn": "Fluid Dynamics",
    "gen-ph": "General Physics",
    "geo-ph": "Geophysics",
    "hist-ph": "History and Philosophy of Physics",
    "ins-det": "Instrumentation and Detectors",
    "med-ph": "Medical Physics",
    "optics": "Optics",
    "plasm-ph": "Plasma Physics",
    "pop-ph": "Popular Physics",
    "soc-ph": "Physics and Society",
    "space-ph": "Space Physics",
}
_QUANTITATIVE_BIOLOGY = {
    "BM": "Biomolecules",
    "CB": "Cell Behavior",
    "GN": "Genomics",
    "MN": "Molecular Networks",
    "NC": "Neurons and Cognition",
    "OT": "Other Quantitative Biology",
    "PE": "Populations and Evolution",
    "QM": "Quantitative Methods",
    "SC": "Subcellular Processes",
    "TO": "Tissues and Organs",
}
_QUANTITATIVE_FINANCE = {
    "CP": "Computational Finance",
    "EC": "Economics",
    "GN": "General Finance",
    "MF": "Mathematical Finance",
    "PM": "Portfolio Management",
    "PR": "Pricing of Securities",
    "RM": "Risk Management",
    "ST": "Statistical Finance",
    "TR": "Trading and Market Microstructure",
}
_STATISTICS = {
    "AP": "Applications",
    "CO": "Computation",
    "ME": "Methodology",
    "ML": "Machine Learning",
    "OT": "Other Statistics",
    "TH": "Statistics Theory",
}
_ARCHIVES: Mapping[str, Mapping[str, str]] = {
    "cs": _COMPUTER_SCIENCE,
    "econ": _ECONOMICS,
    "eess": _ELECTRICAL_ENGINEERING,
    "math": _MATHEMATICS,
    "astro-ph": _ASTROPHYSICS,
    "cond-mat": _CONDENSED_MATTER,
    "nlin": _NONLINEAR_SCIENCES,
    "physics": _PHYSICS,
    "q-bio": _QUANTITATIVE_BIOLOGY,
    "q-fin": _QUANTITATIVE_FINANCE,
    "stat": _STATISTICS,
}
_WHOLE_ARCHIVES = {
    "gr-qc": "General Relativity and Quantum Cosmology",
    "hep-ex": "High Energy Physics - Experiment",
    "hep-lat": "High Energy Physics - Lattice",
    "hep-ph": "High Energy Physics - Phenomenology",
    "hep-th": "High Energy Physics - Theory",
    "math-ph": "Mathematical Physics",
    "nucl-ex": "Nuclear Experiment",
    "nucl-th": "Nuclear Theory",
    "quant-ph": "Quantum Physics",
}

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {f"{archive}.{code}": name for archive, codes in _ARCHIVES.items() for code, name in codes.items()}
    | _WHOLE_ARCHIVES
)
"""Every category a listing can be asked for: its code → its name."""

_NICKNAMES: Mapping[str, str] = {
    "nlp": "cs.CL",
    "llm": "cs.CL",
    "language": "cs.CL",
    "ml": "cs.LG",
    "dl": "cs.LG",
    "deep learning": "cs.LG",
    "vision": "cs.CV",
    "computer vision": "cs.CV",
    "security": "cs.CR",
    "crypto": "cs.CR",
    "hci": "cs.HC",
    "speech": "eess.AS",
    "audio": "eess.AS",
    "quantum": "quant-ph",
}
_SEPARATORS = re.compile(r"[\s./:_-]+")


def suggest_category(text: str) -> str | None:
    """The category that `text` most likely meant, None when nothing is near.

    Understands other cases and separators (`CS-cl`), names ("Machine Learning", of which the first in the
    taxonomy wins) and a few nicknames (`nlp`).
    """
    plain = _plain(text)
    if not plain:
        return None
    by_code = {_plain(code): code for code in CATEGORIES}
    by_name: dict[str, str] = {}
    for code, name in CATEGORIES.items():
        by_name.setdefault(_plain(name), code)
    last_word = plain.rsplit(" ", 1)[-1]
    for found in (by_code.get(plain), by_name.get(plain), _NICKNAMES.get(plain), _NICKNAMES.get(last_word)):
        if found:
            return found
    if close := difflib.get_close_matches(plain, by_code, n=1, cutoff=0.75):
        return by_code[close[0]]
    close = difflib.get_close_matches(plain, by_name, n=1, cutoff=0.75)
    return by_name[close[0]] if close else None


def check_category(text: str) -> str | None:
    """None if `text` is a category, else one sentence that says what is wrong and what may have been meant."""
    if text in CATEGORIES:
        return None
    if codes := _ARCHIVES.get(text.strip()):
        archive = text.strip()
        examples = ", ".join(f"{archive}.{code}" for code in list(codes)[:3])
        return f"{archive!r} is a whole archive: name its categories, such as {examples}"
    shown = text if len(text) <= 40 else text[:39] + "…"
    suggestion = suggest_category(text[:100])
    hint = f"did you mean {suggestion}?" if suggestion else "see https://arxiv.org/category_taxonomy"
    return f"unknown category {shown!r}: {hint}"


def _plain(text: str) -> str:
    return _SEPARATORS.sub(" ", text.strip().lower()).strip()
