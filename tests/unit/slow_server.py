"""The simulated server once more, one token at a time: slow, short and written differently."""

from dataclasses import dataclass


@dataclass
class Request:
    number: int
    arrival: float
    prompt: int
    answer: int
    given: int = 0
    read: int = 0  # tokens of prompt and answer so far that the prefill has read
    cached: int = 0
    decoding: bool = False
    first_token: float = None
    finish: float = None

    @property
    def to_read(self):
        return self.prompt + self.given


class SlowServer:
    def __init__(self, server, policy, arrivals, prompts, answers):
        self.server, self.policy = server, policy
        rows = zip(range(len(arrivals)), arrivals, prompts, answers, strict=True)
        self.coming = [Request(*row) for row in rows]
        self.coming.sort(key=lambda r: (r.arrival, r.prompt, r.answer))
        self.queue, self.running, self.done = [], [], []
        self.now, self.given_by_steps, self.steps, self.preemptions = 0.0, 0, 0, 0

    def work(self):
        while self.coming or self.queue or self.running:
            self.iteration()
        return sorted(self.done, key=lambda r: r.number)

    def iteration(self):
        while self.coming and self.coming[0].arrival <= self.now:
            self.queue.append(self.coming.pop(0))
        if self.queue and all(r.decoding for r in self.running) and self.fits(self.queue[0]):
            self.running.append(self.queue.pop(0))
        while self.policy.memory == "paged" and self.next_memory() > self.server.capacity_tokens:
            youngest = self.running.pop()
            youngest.decoding, youngest.cached, youngest.read = False, 0, 0
            self.queue.insert(0, youngest)
            self.preemptions += 1
        reading = next((r for r in self.running if not r.decoding), None)
        decoding = [r for r in self.running if r.decoding]
        if not self.running:
            self.now = self.coming[0].arrival
        elif self.policy.scheduling == "prefill-first" and reading:
            self.now += self.server.prefill_seconds(reading.to_read)
            self.complete_reading(reading)
        else:
            self.mixed(reading, decoding)
        self.done += [r for r in self.running if r.finish is not None]
        self.running = [r for r in self.running if r.finish is None]

    def fits(self, request):
        if len(self.running) >= self.server.max_batch:
            return False
        if self.policy.memory == "reserve":
            held = sum(r.prompt + r.answer for r in [*self.running, request])
            return held <= self.server.capacity_tokens
        held = sum(r.cached for r in self.running) + request.to_read
        return held + len(self.running) + 1 <= self.server.capacity_tokens

    def next_memory(self):
        return sum(r.cached + 1 if r.decoding else r.to_read for r in self.running)

    def mixed(self, reading, decoding):
        server = self.server
        cached = server.cached_token_seconds * sum(r.cached for r in decoding)
        if reading:
            end = min(reading.read + self.policy.chunk_tokens, reading.to_read)
            chunk = server.prefill_seconds(end)
            chunk -= server.prefill_seconds(reading.read) if reading.read else 0.0
            reading.read = end
            self.now += max(server.decode_base_seconds(len(decoding) + 1), chunk) + cached
        else:
            self.now += server.decode_base_seconds(len(decoding)) + cached
        self.steps += bool(decoding)
        for r in decoding:
            r.cached += 1
            self.given_by_steps += 1
            self.give(r)
        if reading and reading.read == reading.to_read:
            self.complete_reading(reading)

    def complete_reading(self, request):
        request.cached, request.decoding = request.to_read, True
        self.give(request)

    def give(self, request):
        request.given += 1
        if request.given == 1:
            request.first_token = self.now
        if request.given == request.answer:
            request.finish = self.now
