"""A scorer that never fails: whatever another one raises, the local one stands in and says why."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.errors import PromptError, SettingsError, StoreError, reason_of
from bot.ports import Progress, Scorer, ScoringJob, ScoringResult, no_progress
from bot.redaction import redacted
from bot.rendering import llm_failed

logger = logging.getLogger(__name__)


class SteadyScorer:
    """The scorer that `make` makes, and `local` wherever making or using it fails.

    Raises:
        SettingsError, PromptError: what a person wrote is wrong, which is said at start and not in the morning.
    """

    def __init__(self, make: Callable[[], Scorer], local: Scorer) -> None:
        self._make = make
        self._local = local
        self._inner: Scorer | None = None
        self._reason = ""
        self._made()

    @property
    def name(self) -> str:
        """What the digest's header says it was scored by."""
        return (self._inner or self._local).name

    @property
    def fingerprint(self) -> str:
        """What its scores depend on besides paper and topics."""
        return (self._inner or self._local).fingerprint

    async def score(self, job: ScoringJob, progress: Progress = no_progress) -> ScoringResult:
        """Score every paper of the job, by the local scorer if the other one fails; its scores are fallbacks then.

        Raises:
            StoreError: scores could not be written down.
            ScorerError, EmbedderError: the local scorer failed as well.
        """
        inner = self._made()
        if inner is not None:
            try:
                return await inner.score(job, progress)
            except StoreError:
                raise
            except Exception as error:
                # The edge: a morning is posted whatever happens inside a scorer.
                logger.exception("%s failed: papers are scored locally", inner.name)
                self._reason = redacted(reason_of(error))
        return await self._locally(job, progress)

    async def _locally(self, job: ScoringJob, progress: Progress) -> ScoringResult:
        result = await self._local.score(job, progress)
        scores = tuple(
            score if score.arxiv_id in job.known else replace(score, fallback=True) for score in result.scores
        )
        unscored = sum(score.fallback for score in scores)
        remarks = (*result.remarks, llm_failed(unscored, self._reason))
        return replace(result, scores=scores, remarks=remarks, scored_by=self._local.name)

    def _made(self) -> Scorer | None:
        """The other scorer, made if it could not be made before."""
        if self._inner is None:
            try:
                self._inner = self._make()
            except (SettingsError, PromptError):
                raise
            except Exception as error:
                # The edge again, for what is imported or opened when a scorer is made.
                logger.exception("the scorer could not be made: papers are scored locally")
                self._reason = redacted(reason_of(error))
        return self._inner
