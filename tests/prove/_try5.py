import sys
from tests.prove import chaos
from tests.prove.chaos import *
async def show(seed, folder):
    loop = asyncio.get_running_loop()
    week = Week(seed, loop, folder)
    loop.set_task_factory(chaos._task)
    with chaos._watched(week):
        await week.live()
        v=await week.violations()
    print(week.plan)
    for m in week.chat.messages.values():
        if len(sys.argv)>2 or not m.subject: print(m.posted_at.strftime("%a %H:%M:%S"), m.place, m.message, m.thread, m.key, "DEL" if m.is_deleted else "", list(m.reactions), m.text.replace("\n"," | ")[:230])
    for x in v: print("VIOLATION", x)
if __name__=="__main__":
    seed=int(sys.argv[1]); d=Path(tempfile.mkdtemp(dir="/dev/shm"))
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(seed)) as runner:
        runner.run(show(seed, d))
