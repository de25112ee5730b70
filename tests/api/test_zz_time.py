import time
from tests.deciding import *
from tests.writing import differences, record
def test_t(seeded):
    url=seeded.copy()
    with Service(url, seeded.secrets) as s:
        o=s["TTBCD"]
        def t(name,f,n=5):
            a=time.time()
            for _ in range(n): f()
            print(f"{name} {(time.time()-a)/n*1000:.0f} ms")
        t("leads",lambda: decided(o,leads("IV.7.a","SCT")))
        t("weight",lambda: decided(o,{"change":"weight","task":"IV.7.a","weight":2}))
        t("member",lambda: decided(o,member("G.SBN","SCT","2023-01-01")),1)
        t("power",lambda: decided(o,{"change":"power","power":"monitor","task":"IV.1.3","agency":"TTBCD"}),3)
        t("diff",lambda: differences(s))
        t("record",lambda: record(s["BAOTV"],"IV.9.1"))
        t("nodes",lambda: nodes(o,"assignment"))
        t("outputs",lambda: output(o,"IV.9.1","BAOTV","2023-Q1"))
        t("me",lambda: o.get("/v1/me"))
