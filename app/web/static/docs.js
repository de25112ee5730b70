// Starts Swagger UI on the contract beside this page, in the page's language.
"use strict";

(async () => {
  const lang = document.documentElement.lang;
  const prefix = location.pathname.replace(/\/docs$/, "");
  const contract = await (await fetch("openapi.json")).json();
  // The contract says both languages in one line, "tiếng Việt · English"; a reader needs one of them.
  const chosen = (text) => {
    const halves = text.split(/\s·\s/); // a line may end at the dot
    return halves.length === 2 ? halves[lang === "en" ? 1 : 0] : text;
  };
  const inOneLanguage = (node) => {
    if (node === null || typeof node !== "object") return;
    for (const [name, value] of Object.entries(node)) {
      if ((name === "summary" || name === "description") && typeof value === "string") node[name] = chosen(value);
      else if (name !== "example" && name !== "examples") inOneLanguage(value);
    }
  };
  inOneLanguage(contract);
  contract.info.title = document.title; // the contract has but one
  const paragraphs = (contract.info.description ?? "").split("\n\n");
  if (paragraphs.length === 2) contract.info.description = paragraphs[lang === "en" ? 1 : 0];
  contract.servers ??= [{ url: prefix || "/" }];

  SwaggerUIBundle({
    spec: contract,
    dom_id: "#docs",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    persistAuthorization: false, // a key is not left behind in the browser
    validatorUrl: null, // asks nobody outside
    requestInterceptor: (request) => {
      request.headers["Accept-Language"] = lang;
      return request;
    },
  });
  if (lang === "vi") translate(document.getElementById("docs"));
})();

// Swagger UI has no languages of its own, so its fixed words are replaced as they appear; code, examples and
// the contract's own texts are left alone.
function translate(root) {
  const words = {
    "Authorize": "Nhập khóa",
    "Available authorizations": "Khóa truy cập",
    "Logout": "Bỏ khóa",
    "Close": "Đóng",
    "Value:": "Giá trị:",
    "Parameters": "Tham số",
    "No parameters": "Không có tham số",
    "Name": "Tên",
    "Description": "Mô tả",
    "Request body": "Nội dung gửi lên",
    "Responses": "Kết quả",
    "Response": "Kết quả",
    "Server response": "Máy chủ trả lời",
    "Response body": "Nội dung trả lời",
    "Response headers": "Phần đầu trả lời",
    "Headers:": "Phần đầu:",
    "Type": "Kiểu",
    "Code": "Mã",
    "Details": "Chi tiết",
    "Links": "Liên kết",
    "No links": "Không có",
    "Media type": "Kiểu nội dung",
    "Controls": "Ghi vào ",
    "header.": ".",
    "Example Value": "Ví dụ",
    "Edit Value": "Sửa",
    "Example": "Ví dụ",
    "Schema": "Cấu trúc",
    "Schemas": "Các cấu trúc",
    "Try it out": "Gọi thử",
    "Execute": "Gửi",
    "Clear": "Xóa",
    "Cancel": "Thôi",
    "Reset": "Đặt lại",
    "Download": "Tải về",
    "Download file": "Tải tệp về",
    "Request URL": "Địa chỉ gọi",
    "Request duration": "Thời gian",
    "required": "bắt buộc",
    "Servers": "Máy chủ",
    "Send empty value": "Gửi giá trị rỗng",
    "Expand all": "Mở hết",
    "Collapse all": "Gấp hết",
    "Loading": "Đang tải",
    "Undocumented": "Ngoài tài liệu",
  };
  const kept = "pre, code, textarea, .markdown, .renderedMarkdown, .opblock-summary-path, .opblock-summary-description";
  const visit = (node) => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    for (let text = walker.currentNode; text; text = walker.nextNode()) {
      if (text.nodeType !== Node.TEXT_NODE) continue;
      const word = words[text.data.trim()];
      if (word && !text.parentElement?.closest(kept)) text.data = word;
    }
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") visit(change.target);
      for (const added of change.addedNodes) visit(added);
    }
  }).observe(root, { childList: true, characterData: true, subtree: true });
  visit(root);
}
