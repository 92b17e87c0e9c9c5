"""Dead letters: jobs that were tried often enough."""

from django.db import transaction

from corpblog.sharing.models import Job, Share
from corpblog.sharing.services import sealing, sending


@transaction.atomic
def give_up_on(job_id: int) -> None:
    """End a job that failed in every try: as failed where it certainly is not outside, as unknown where it may be."""
    case = sealing.case_of(job_id)
    if case is None:
        return
    if case.job.state == Job.State.DOUBTFUL:
        sending.end(case, Job.State.UNKNOWN, Share.State.UNKNOWN, case.job.trouble or "worker_died")
    elif case.job.state == Job.State.WAITING:
        sending.end(case, Job.State.FAILED, Share.State.FAILED, "gave_up")
