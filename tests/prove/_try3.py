import time
from tests.prove.kills import *
if __name__=="__main__":
    t=time.time()
    o=prove_all(lambda l: print(l, flush=True))
    print(len(o), sum(bool(x.violations) for x in o), time.time()-t)
