import sys,time
from tests.prove.chaos import *
if __name__=="__main__":
    t=time.time()
    a,b=int(sys.argv[1]),int(sys.argv[2])
    o=prove_all(range(a,b), lambda l: print(l, flush=True))
    print(len(o), sum(bool(x.violations) for x in o), time.time()-t)
