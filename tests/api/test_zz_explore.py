"""Explore."""

import os, random, json, traceback, sys
from fractions import Fraction
import pytest
from tests.deciding import *
from tests.walks import items
from tests.writing import differences, news, with_key

TASKS = [
    "IV.7.a",
    "IV.9.1",
    "IV.6.a",
    "IV.3.a",
    "IV.14.1",
    "IV.14.2",
    "IV.15.b",
    "IV.15.c",
    "IV.1.1",
    "IV.10.1",
    "IV.7.b",
    "IV.12.1",
    "V.1",
    "V.2",
]
BODIES = [
    "SVHTTDL",
    "BAOTV",
    "DAITV",
    "SCT",
    "VPUBND",
    "STTTT",
    "UBND.TPTV",
    "UBND.HCL",
    "BTG.TPTV",
    "BTG.HCL",
    "G.SBN",
    "G.UBH",
    "G.TGH",
    "G.THDU",
    "X.BNT",
    "TTBCD",
    "CAT",
    "NEW.A",
    "NEW.B",
]
GROUPS = ["G.SBN", "G.UBH", "G.TGH", "G.THDU", "SCT"]


def change(r):
    t = r.choice(TASKS)
    if r.random() < 0.75:
        return focused(r)
    k = r.choice(
        [
            "weight",
            "target",
            "milestones",
            "deadline",
            "reporting_period",
            "visibility",
            "status",
            "leads",
            "leads",
            "leads",
            "coordinators",
            "member",
            "member",
            "member",
            "succession",
            "agency",
            "power",
            "duty",
            "thresholds",
            "approver",
            "implementation",
        ]
    )
    day = lambda: r.choice([None, f"2023-{r.randint(1, 12):02}-{r.randint(1, 28):02}"])
    if k == "weight":
        return dict(change=k, task=t, weight=r.randint(1, 5))
    if k == "target":
        return dict(change=k, task=r.choice(["IV.6.a", "IV.14.2"]), target=r.choice([None, 1, 2, 3, 5]))
    if k == "milestones":
        return dict(
            change=k,
            task=r.choice(["IV.7.a", "IV.7.b", "V.1"]),
            milestones=[
                {
                    **({"code": f"M{r.randint(1, 4)}"} if r.random() < 0.5 else {}),
                    "title_vi": "x",
                    "title_en": "y",
                    "weight": r.randint(1, 4),
                    "due_on": day(),
                }
                for _ in range(r.randint(1, 4))
            ],
        )
    if k == "deadline":
        return dict(change=k, task=t, due_on=day())
    if k == "reporting_period":
        return dict(
            change=k,
            task=r.choice([None, "IV.9.1", "IV.14.1", "IV.1.1", "IV.15.b"]),
            period=r.choice(["month", "quarter", "half_year", "year"]),
        )
    if k == "visibility":
        return dict(change=k, task=t, visibility=r.choice(["normal", "internal", "status_only"]))
    if k == "status":
        s = r.choice(["active", "active", "suspended", "cancelled", "carried_over", "superseded", "draft"])
        d = dict(change=k, task=t, status=s)
        if s == "superseded" or r.random() < 0.1:
            d["superseded_by"] = r.choice(TASKS)
        return d
    if k == "leads":
        bs = r.sample(BODIES, r.choice([1, 1, 1, 2, 2, 3]))
        ls = [{"agency": b} for b in bs]
        if r.random() < 0.3:
            w = [r.randint(1, 4) for _ in bs]
            for l, x in zip(ls, w):
                l["share"] = f"{x}/{sum(w)}"
        return dict(change=k, task=t, leads=ls)
    if k == "coordinators":
        return dict(change=k, task=t, coordinators=r.sample(BODIES, r.randint(0, 3)))
    if k == "member":
        return dict(
            change=k, group=r.choice(GROUPS), agency=r.choice(BODIES), valid_from=day(), valid_to=day()
        )
    if k == "succession":
        return dict(change=k, agency=r.choice(BODIES), successor=r.choice(BODIES), on=day() or "2023-01-01")
    if k == "agency":
        return dict(
            change=k,
            code=r.choice(["NEW.A", "NEW.B"]),
            kind=r.choice(["state_department", "group"]),
            name_vi="Sở Mới",
            name_en="New",
        )
    if k == "power":
        return dict(change=k, power=r.choice(["monitor", "fund", "settle"]), task=t, agency=r.choice(BODIES))
    if k == "duty":
        return dict(
            change=k,
            code=r.choice(["V.1", "V.2", "V"]),
            section="IV.7",
            title_vi="x",
            title_en="y",
            kind=r.choice(["deliverable", "counted", "continuous", "triggered"]),
            leads=[{"agency": b} for b in r.sample(BODIES, r.randint(1, 2))],
            coordinators=r.sample(BODIES, r.randint(0, 2)),
            visibility=r.choice(["normal", "internal", "status_only"]),
            target=r.choice([None, 2]),
            implements=r.sample(["II.1.1", "II.2.3", "IV.7.a"], r.randint(0, 1)),
        )
    if k == "thresholds":
        return dict(
            change=k,
            obligation_red=r.choice(["1/4", "1/2", "0/1", "3/2"]),
            node_amber=r.choice(["3/10", "0/1"]),
        )
    if k == "approver":
        return dict(change=k, agency=r.choice(["TTTU", "BTGTW", "SCT"]))
    if k == "implementation":
        return dict(change=k, item=r.choice(["II.1.3", "IV.7.a"]), duty=r.choice(TASKS), closes_gap=True)


REAL = ["SVHTTDL", "BAOTV", "DAITV", "SCT", "VPUBND", "STTTT", "UBND.TPTV", "UBND.HCL", "BTG.TPTV"]


def focused(r):
    day = lambda: r.choice([None, None, "2023-01-01", f"2023-{r.randint(1, 12):02}-01"])
    k = r.choice(
        ["leads", "leads", "leads", "member", "member", "succession", "target", "milestones", "period"]
    )
    t = r.choice(["IV.7.a", "IV.9.1", "IV.6.a", "IV.3.a", "IV.14.1", "IV.14.2", "IV.15.b", "IV.15.c"])
    if k == "leads":
        bs = r.sample(REAL + ["G.UBH", "G.SBN"], r.choice([1, 1, 1, 2, 2, 3]))
        return dict(change="leads", task=t, leads=[{"agency": b} for b in bs])
    if k == "member":
        d = day()
        l = r.choice([None, None, "2023-06-30", "2023-03-31", "2023-12-31"])
        return dict(
            change="member",
            group=r.choice(["G.UBH", "G.SBN", "G.TGH"]),
            agency=r.choice(REAL),
            **({"valid_from": d} if d else {}),
            **({"valid_to": l} if l else {}),
        )
    if k == "succession":
        a, b = r.sample(REAL + ["UBND.HCN", "BTG.HCL"], 2)
        return dict(change=k, agency=a, successor=b, on="2023-01-01")
    if k == "target":
        return dict(change=k, task=r.choice(["IV.6.a", "IV.14.2"]), target=r.choice([None, 1, 2, 3, 5]))
    if k == "milestones":
        n = r.randint(1, 4)
        return dict(
            change=k,
            task="IV.7.a",
            milestones=[{"code": "M1", "title_vi": "x", "title_en": "y", "weight": r.randint(1, 3)}]
            * r.randint(0, 1)
            + [{"title_vi": "x", "title_en": "y", "weight": r.randint(1, 3)} for _ in range(n)],
        )
    return dict(
        change="reporting_period",
        task=r.choice([None, "IV.9.1", "IV.14.1"]),
        period=r.choice(["month", "quarter", "half_year", "year"]),
    )


class World:
    def __init__(self, service, r):
        self.s = service
        self.r = r
        self.o = with_key(service, service.secrets["TTBCD"])
        self.b = with_key(service, service.secrets["BPGV"])
        self.t = with_key(service, service.secrets["TTTU"])
        self.log = []
        self.day = "2023-01-15"
        on(service, self.day)

    def call(self, c, what, url, body):
        a = c.post(PLAN + url, json=body)
        self.log.append((what, url, body, a.status_code, a.text[:3000] if a.status_code >= 400 else ""))
        assert a.status_code < 500, (a.status_code, a.text)
        return a

    def work(self, n):
        r = self.r
        for _ in range(n):
            k = r.random()
            t = r.choice(TASKS)
            if k < 0.45:
                ls = [
                    x
                    for x in items(self.b, PLAN + "/assignments", task=t, limit="200")
                    if x["role"] == "lead"
                ]
                if not ls:
                    continue
                body = (
                    r.choice(ls)["agency"]["code"]
                    if isinstance(ls[0]["agency"], dict)
                    else r.choice(ls)["agency"]
                )
                d = f"2023-{r.randint(1, 12):02}-03"
                if d > self.day:
                    d = self.day
                rec = news(t, agency=body, occurred_on=d, quantity=r.randint(1, 3))
                if t in ("IV.7.a", "IV.7.b", "V.1"):
                    rec["output"] = r.choice(["M1", "M2"])
                if t == "IV.3.a":
                    rec.update(r.choice([{"opens_occurrence": True}, {"output": "O1"}]))
                self.call(self.b, "record", "/activities", rec)
            elif k < 0.55:
                acts = [x for x in items(self.b, PLAN + "/activities", status="standing", limit="200")]
                if acts:
                    self.call(
                        self.b, "withdraw", f"/activities/{r.choice(acts)['id']}/withdrawals", {"reason": "x"}
                    )
            elif k < 0.9:
                os_ = [x for x in items(self.b, PLAN + "/outputs", task=t, limit="200") if not x["dropped"]]
                if not os_:
                    continue
                x = r.choice(os_)
                if t in ("IV.15.b", "IV.15.c", "IV.10.1"):
                    w = r.choice(["fulfilled", "not_fulfilled", "confirmed", "returned"])
                    self.call(
                        self.b if "ful" in w else self.o,
                        "status",
                        f"/assignments/{x['assignment']}/status-entries",
                        {"period": x["code"], "entry": w},
                    )
                else:
                    w = r.choice(["claims", "claims", "withdrawals", "confirmations", "returns"])
                    c = (
                        self.b
                        if w in ("claims", "withdrawals")
                        else (self.t if x["agency"] == "TTBCD" else self.o)
                    )
                    self.call(
                        c,
                        w,
                        f"/outputs/{x['id']}/{w}",
                        {"withdrawals": {"reason": "x"}, "returns": {"missing": "x"}}.get(w, {}),
                    )
            else:
                if t in ("IV.15.c",):
                    ls = [
                        x
                        for x in items(self.b, PLAN + "/assignments", task=t, limit="200")
                        if x["role"] == "lead"
                    ]
                    if ls:
                        self.call(
                            self.b,
                            "status",
                            f"/assignments/{r.choice(ls)['id']}/status-entries",
                            {"period": r.choice(["2023-Q1", "2023-Q2"]), "entry": "fulfilled"},
                        )
                elif t == "IV.3.a":
                    ls = [
                        x
                        for x in items(self.b, PLAN + "/assignments", task=t, limit="200")
                        if x["role"] == "lead"
                    ]
                    if ls:
                        self.call(self.b, "open", f"/assignments/{r.choice(ls)['id']}/occurrences", {})

    def later(self):
        m = int(self.day[5:7])
        m = min(12, m + self.r.randint(0, 3))
        self.day = f"2023-{m:02}-{self.r.randint(15, 28)}"
        on(self.s, self.day)

    def check(self):
        d = differences(self.s)
        assert d == [], d
        by = self.o.get(PLAN + "/progress", params={"by": "assignment"})
        assert by.status_code == 200, by.text
        f = by.json()
        tot = f["total"]
        vals = [ratio(x["evidenced"]) for x in f["items"] if x["evidenced"]["numerator"] is not None]
        if vals:
            R, E, C = (ratio(tot[n]) for n in LEVELS)
            assert 0 <= C <= E <= R <= 1
            assert min(vals) <= E <= max(vals)


@pytest.fixture(scope="module")
def prepared(seeded):
    made = Prepared(seeded, lambda s: {"TTTU": secret_of(s, "TTTU")})
    yield made
    made.drop()


from collections import Counter

STAT = Counter()


def test_explore(prepared):
    start = int(os.environ.get("SEED", "0"))
    n = int(os.environ.get("N", "20"))
    bad = {}
    for seed in range(start, start + n):
        r = random.Random(seed)
        with prepared.copy() as s:
            w = World(s, r)
            try:
                for _ in range(int(os.environ.get("STEPS", "15"))):
                    x = r.random()
                    if x < 0.4:
                        w.work(r.randint(1, 4))
                    elif x < 0.5:
                        w.later()
                    else:
                        cs = [change(r) for _ in range(r.choice([1, 1, 1, 1, 1, 2]))]
                        dec = {"number": "09-QĐ/BCĐ-TTĐN", "decided_on": "2023-01-10", "issuer": "x"}
                        w.call(w.o, "amend", "/amendments", {"decision": dec, "changes": cs})
                    w.check()
                for l in w.log:
                    if l[0] == "amend":
                        for c in l[2]["changes"]:
                            STAT[c["change"], l[3]] += 1
                    else:
                        STAT[l[0], l[3]] += 1
                    if l[3] in (409,) and l[0] == "amend":
                        print(l[2]["changes"], l[4][:300])
            except Exception as e:
                msg = repr(e)[:1500]
                bad[seed] = (msg, w.log[-1])
                print("SEED", seed, msg, json.dumps(w.log[-1], ensure_ascii=False)[:800])
                sys.stdout.flush()
    for k, v in sorted(STAT.items()):
        print(k, v)
    assert not bad
