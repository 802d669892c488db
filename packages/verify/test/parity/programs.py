def run_program(question):
    raise NotImplementedError
