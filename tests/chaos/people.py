"""What people do: authors bark, readers follow, unfollow and read. Each thread has people of its own."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

from tests.chaos.journal import Change, Journal, Post
from tests.chaos.phone import NOBODY, Person, Phone

BARK_SECONDS = 1.5  # between two barks of an author, in the mean: workers that are killed all the time do little
CHANGE_SECONDS = 0.8  # between two follows or unfollows of a thread
READ_SECONDS = 0.3  # between two feed pages of a thread
STUBBORN_SECONDS = 2.0  # how long an author repeats a bark before she goes on, and leaves the repeating to another
AGAIN_SECONDS = 0.25  # between two repeats
OWED_SECONDS = 2.0  # between two rounds of repeating
DELETED = 0.03  # of the barks


class People:
    """Threads that go on until they are told to stop."""

    def __init__(self, urls: Sequence[str], journal: Journal, seed: int) -> None:
        self._urls, self._journal, self._seed = urls, journal, seed
        self._stopping = threading.Event()
        self._owed: list[tuple[Person, Post]] = []  # not acknowledged yet
        self._phones: list[Phone] = []
        self._threads: list[threading.Thread] = []

    def start(self, authors: Sequence[Person], restless: Sequence[Sequence[Person]], everybody: list[Person]) -> None:
        """Let the authors bark, each group of the restless follow and unfollow them, and everybody read."""
        for author in authors:
            self._begin(self._bark_on, author)
        for group in restless:
            self._begin(self._change_on, group, authors)
        for _ in range(2):
            self._begin(self._read_on, everybody)
        self._begin(self._repeat_on)

    def stop(self, meanwhile: Callable[[], None]) -> None:
        """Let everybody end what she is at."""
        self._stopping.set()
        while any(thread.is_alive() for thread in self._threads):
            meanwhile()

    def settle(self, seconds: float, meanwhile: Callable[[], None]) -> None:
        """Repeat what is not acknowledged yet, as clients do, now that everything is there again."""
        phone, until = Phone(self._urls, 0), time.monotonic() + seconds
        while self._owed and time.monotonic() < until:
            self._repeat(phone)
            meanwhile()
            time.sleep(AGAIN_SECONDS)

    def answers(self) -> dict[str, int]:
        """Return how often each request got each answer."""
        return dict(sorted(sum((phone.answers for phone in self._phones), Counter()).items()))

    def _begin(self, act: Callable[..., None], *arguments: object) -> None:
        number = len(self._threads)
        chance = random.Random(self._seed * 1000 + number)
        self._phones.append(Phone(self._urls, number))
        thread = threading.Thread(target=act, args=(self._phones[-1], chance, *arguments), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pause(self, chance: random.Random, seconds: float) -> bool:
        return not self._stopping.wait(chance.expovariate(1 / seconds))

    def _bark_on(self, phone: Phone, chance: random.Random, author: Person) -> None:
        number = 0
        mine: list[int] = []
        while self._pause(chance, BARK_SECONDS):
            number += 1
            post = Post(author.id, f"{author.handle} {number}", time.time())
            self._journal.posts.append(post)
            until = time.monotonic() + STUBBORN_SECONDS
            while not self._post(phone, author, post) and time.monotonic() < until:
                self._stopping.wait(AGAIN_SECONDS)
            if post.acknowledged:
                mine.append(post.bark_id)
            else:
                self._owed.append((author, post))
            if mine and chance.random() < DELETED:
                self._delete(phone, author, mine.pop(chance.randrange(len(mine))))

    def _post(self, phone: Phone, author: Person, post: Post) -> bool:
        # The text is the key: a repeat is the same bark, whatever became of the attempt before it.
        answer = phone.send(
            author, "POST", "/v1/barks", json={"text": post.text}, headers={"Idempotency-Key": post.text}
        )
        if answer.ok:
            post.ended, post.bark_id = time.time(), int(answer.json["id"])
        elif not answer.expected:
            self._journal.faults.append(f"POST of a bark: {answer}")
        return post.acknowledged

    def _delete(self, phone: Phone, author: Person, bark_id: int) -> None:
        answer = phone.send(author, "DELETE", f"/v1/barks/{bark_id}")
        self._journal.deletions.append((bark_id, answer.ok))
        if not answer.expected:
            self._journal.faults.append(f"DELETE of a bark: {answer}")

    def _repeat_on(self, phone: Phone, _chance: random.Random) -> None:
        while not self._stopping.wait(OWED_SECONDS):
            self._repeat(phone)

    def _repeat(self, phone: Phone) -> None:
        for owed in self._owed[:]:
            if self._post(phone, *owed):
                self._owed.remove(owed)

    def _change_on(
        self, phone: Phone, chance: random.Random, group: Sequence[Person], authors: Sequence[Person]
    ) -> None:
        follows: dict[tuple[int, int], bool] = {}
        while self._pause(chance, CHANGE_SECONDS):
            reader, author = chance.choice(group), chance.choice(authors)
            pair = (reader.id, author.id)
            wanted = not follows.get(pair, False)
            method = "PUT" if wanted else "DELETE"
            began = time.time()
            answer = phone.send(reader, method, f"/v1/me/following/{author.handle}")
            if answer.status == NOBODY:
                continue
            follows[pair] = wanted
            self._journal.changes.append(Change(pair, wanted, answer.ok, began, time.time()))
            if not answer.expected:
                self._journal.faults.append(f"{method} of a follow: {answer}")

    def _read_on(self, phone: Phone, chance: random.Random, everybody: list[Person]) -> None:
        while self._pause(chance, READ_SECONDS):
            reader = chance.choice(everybody)
            answer = phone.send(reader, "GET", "/v1/feed")
            if answer.ok:
                found = [int(bark["id"]) for bark in answer.json["items"]]
                self._journal.pages += 1
                if found != sorted(set(found), reverse=True):
                    self._journal.faults.append(f"a page of {reader.handle}'s feed is not in order, each once: {found}")
            elif not answer.expected:
                self._journal.faults.append(f"GET of a feed: {answer}")
