// Số nhiệm vụ theo trạng thái; lần sau chỉ tải khi đã thay đổi. · Tasks by state; later only what has changed.
import type { components } from "./ttdn";

const { TTDN_URL, TTDN_PLAN, TTDN_KEY } = process.env;
let etag = "";

async function look(): Promise<void> {
  const headers = { Authorization: `Bearer ${TTDN_KEY}`, ...(etag && { "If-None-Match": etag }) };
  const answer = await fetch(`${TTDN_URL}/v1/plans/${TTDN_PLAN}/overview`, { headers });
  if (answer.status === 304) return console.log("không đổi · unchanged");
  if (!answer.ok) throw new Error(await answer.text());
  etag = answer.headers.get("etag") ?? "";
  const { states } = (await answer.json()) as components["schemas"]["OverviewOut"];
  for (const { state_label, tasks } of states) console.log(state_label, tasks);
}

await look();
await look(); // trên trang thật · on a real page: setInterval(look, 60_000)
