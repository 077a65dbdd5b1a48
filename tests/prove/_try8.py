from tests.prove import processes
if __name__=="__main__":
    processes.prove_all(lambda l: print(l, flush=True))
