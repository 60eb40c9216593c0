"""From a question to an answer, stage by stage, with what each stage gave."""

from dataclasses import dataclass, replace
from functools import cache

from llmbook.retrieval import examples as few_shot
from llmbook.retrieval.facts import KINDS, say
from llmbook.retrieval.generator import default_generator
from llmbook.retrieval.graph import Graph, QueryRefused
from llmbook.retrieval.linking import Linker, Links
from llmbook.retrieval.passages import passages
from llmbook.retrieval.prompt import assemble
from llmbook.retrieval.queries import Query, every_template, generate
from llmbook.retrieval.rerank import Result, contradictions, judged, rank, rank_passages

STAGES = ("linking", "query generation", "retrieval", "re-ranking", "generation")
CONTEXT = 10  # facts that a prompt holds
_SCHEMA_ONLY = 0.2  # how likely a template is that no example speaks for
LANGUAGES = ("sparql", "cypher")
MOST_CHARACTERS = 1000  # of a question; the readings of a longer one are too many to try


@dataclass(frozen=True)
class Answer:
    """What came of a question, stage by stage.

    Parameters
    ----------
    question, text : str
        The text says why, where there is no answer.
    items : tuple
        The values, in SI units, or the names that answer.
    failed : str
        The stage that failed, one of `STAGES`; empty if none did.
    links : Links or None
        Names, properties and numbers found in the question.
    examples : tuple of Hint
    results : tuple of Result
        Every query that fitted, with its rows, in order.
    query : Query or None
        The one whose rows answer.
    passages : tuple of Passage
        The facts in the prompt, in order.
    prompt : str
    """

    question: str
    text: str = ""
    items: tuple = ()
    failed: str = ""
    links: Links | None = None
    examples: tuple = ()
    results: tuple[Result, ...] = ()
    query: Query | None = None
    passages: tuple = ()
    prompt: str = ""

    @property
    def sparql(self):
        return self.query.sparql if self.query else ""

    @property
    def cypher(self):
        return self.query.cypher if self.query else ""

    @property
    def rows(self):
        return self.results[0].rows if self.results else ()

    def refused(self, stage, why):
        return replace(self, failed=stage, text=f"No answer ({stage}): {why}.", items=())


class Pipeline:
    """A graph with what is needed to ask it.

    Parameters
    ----------
    graph : Graph
    generator : object or None
        With ``generate(prompt, passages)``; by default what the environment asks for.
    language : str
        ``"sparql"`` or ``"cypher"``.
    disturb : callable or None
        Changes the passages on their way, for the experiments of `damage`.
    least_coverage : float
        Share of the question's aspects that a result must cover to be used by the re-ranking;
        all of them by default, so that nothing is guessed.

    Raises
    ------
    ValueError
        If there is no such language, or the coverage is no share.
    """

    def __init__(self, graph, generator=None, language="sparql", disturb=None, least_coverage=1.0):
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {LANGUAGES}, got {language!r}")
        self.graph, self.language, self.disturb = graph, language, disturb
        self.least_coverage = _share(least_coverage)
        self.generator = generator or default_generator()
        self.linker = Linker(graph.facts)
        self.names = {(node.kind, node.id): node.name for node in graph.facts.nodes}
        self._rows = {}

    def ask(self, question, retrieval=True, examples=True, reranking=True, least_coverage=None):
        """Answer a question.

        Parameters
        ----------
        question : str
        retrieval, examples, reranking : bool
            Stages that can be left out.
        least_coverage : float or None
            Another than the pipeline's own.

        Returns
        -------
        Answer

        Raises
        ------
        ValueError
            If the question is no text, or the coverage no share.
        """
        if not isinstance(question, str):
            raise ValueError(f"question must be a text, got {question!r}")
        answer = Answer(question)
        least = self.least_coverage if least_coverage is None else _share(least_coverage)
        if len(question) > MOST_CHARACTERS:
            length = f"{len(question):,} characters, and {MOST_CHARACTERS:,} are read at most"
            return answer.refused("linking", f"the question has {length}")
        if retrieval:
            answer = self._retrieved(answer, examples, reranking, least)
        if answer.failed:
            return answer
        answer = replace(
            answer,
            prompt=assemble(
                question, answer.passages, answer.examples, answer.query, self.language
            ),
        )
        reply = self.generator.generate(answer.prompt, list(answer.passages))
        if reply.failed:
            return answer.refused("generation", reply.failed)
        return replace(answer, text=reply.text, items=reply.items)

    def rows(self, query, language=None):
        """Return the rows of a query; each is run once."""
        language = language or self.language
        text = getattr(query, language)
        if (language, text) not in self._rows:
            found = getattr(self.graph, language)(text)
            # A statistic of nothing is no fact.
            self._rows[language, text] = [
                row for row in found if row.count and (row.value is not None or row.name)
            ]
        return self._rows[language, text]

    def _retrieved(self, answer, examples, reranking, least):
        links = self.linker.link(answer.question)
        answer = replace(answer, links=links)
        if not links.spans:
            return answer.refused("linking", "the question speaks of nothing that the graph holds")
        if strangers := links.of("unknown"):
            return answer.refused("linking", self._not_found(strangers))
        if denied := links.of("denial"):
            words = ", ".join(repr(span.text) for span in denied)
            return answer.refused("query generation", f"no template can say {words}")
        hints = few_shot.nearest(links.masked) if examples else ()
        answer = replace(answer, examples=hints)
        floor = [replace(hint, similarity=_SCHEMA_ONLY) for hint in every_template()]
        queries = generate(links, [*hints, *floor])
        if not queries:
            return answer.refused("query generation", "no template fits the question")
        try:
            results = [
                judged(query, self.rows(query), links, few_shot.means_about) for query in queries
            ]
        except QueryRefused as error:
            return answer.refused("retrieval", f"the engine refused the query, {error}")
        if reranking:
            return self._reranked(answer, rank(results), least)
        results.sort(key=lambda result: -result.query.confidence if examples else 0)
        results.sort(key=lambda result: not result.rows)
        answer = replace(answer, results=tuple(results), query=results[0].query)
        if not results[0].rows:
            return answer.refused("retrieval", "the graph holds no such fact")
        return replace(answer, passages=tuple(self._context(results)))

    def _reranked(self, answer, results, least):
        best = results[0]
        answer = replace(answer, results=tuple(results), query=best.query)
        if best.coverage < least:
            left = ", ".join(repr(span.text) for span in best.missing)
            return answer.refused("re-ranking", f"no result covers {left}")
        if why := _lacking(best, answer.links):
            return answer.refused("retrieval", why)
        context = self._context([r for r in results if r.coverage >= least])
        context = rank_passages(answer.question, context, answer.links, self.names)
        if pairs := contradictions(context):
            first, second = pairs[0]
            return answer.refused(
                "re-ranking", f"the facts contradict each other: {first.text}; {second.text}"
            )
        return replace(answer, passages=tuple(context[: max(CONTEXT, len(best.rows))]))

    def _context(self, results):
        found = [p for r in results for p in passages(r.query, r.rows, self.names)]
        room = max(CONTEXT, len(results[0].rows))
        return self.disturb(self, found[:room]) if self.disturb else found[:room]

    def _not_found(self, strangers):
        said = []
        for span in strangers:
            near = self.linker.nearest(span.text)
            hint = f" (the nearest names are {', '.join(near)})" if near else ""
            said.append(f"{span.text!r} is not in the graph{hint}")
        return "; ".join(said)


def _share(coverage):
    if not isinstance(coverage, (int, float)) or not 0 <= coverage <= 1:
        raise ValueError(f"least_coverage must be a share from 0 to 1, got {coverage!r}")
    return coverage


def _asks_several(result, links):
    """Whether prices are asked for and not the price."""
    labels = [span for span in links.of("label") if span in result.query.used]
    asked = [links.question[span.start : span.end].lower() for span in labels]
    return any(text.endswith("s") for text in asked)


def _lacking(result, links):
    """Say why the rows of a result are no answer; empty if they are one."""
    query, rows = result.query, result.rows
    what = query.described.label if query.described else "such thing"
    if not rows:
        return f"the graph holds no {what} that fits the question"
    if "two" in query.template.needs and rows[0].count < len(query.things):
        return f"the graph does not hold the {what} of all that are compared"
    values = {row.value for row in rows}
    is_one = query.template.name == "value" and not KINDS[query.kind].has_names
    if is_one and len(values) > 1 and not _asks_several(result, links):
        several = "; ".join(
            f"{row.name}, {say(row.value, query.described.unit)}" for row in rows[:3]
        )
        return f"{len(rows)} facts fit, such as {several}; say which is meant"
    if query.template.name in ("difference", "ratio") and len(values) > 1:
        return f"{len(rows)} pairs of facts fit; say which are meant"
    vague = [c for c in query.conditions if c.column == "id" and len(c.values) > 1]
    if query.template.name == "value" and vague and len(values) > 1:
        return f"the name may mean several things: {', '.join(row.name for row in rows[:5])}"
    return ""


@cache
def book_graph():
    """Return the graph of the book's own tables, loaded once."""
    return Graph()


def ask(question, retrieval=True, examples=True, reranking=True, graph=None, language="sparql"):
    """Answer a question from the book's own tables, or from another graph.

    Parameters
    ----------
    question : str
    retrieval, examples, reranking : bool
        Stages that can be left out.
    graph : Graph or None
        The book's own if None.
    language : str
        The query language that is run; ``"sparql"`` or ``"cypher"``.

    Returns
    -------
    Answer
        With what each stage gave, and the stage that failed, if one did.
    """
    pipeline = Pipeline(graph or book_graph(), language=language)
    return pipeline.ask(question, retrieval, examples, reranking)
