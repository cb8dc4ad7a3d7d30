import { defineConfig } from "vite";

// `npm run dev` shows the app at :5173 and asks a service that runs already (make run) for the rest.
// The Host header stays the page's own, so that the service takes the cookie.
const service = { target: process.env.BARKER ?? "http://127.0.0.1:8000", changeOrigin: false };

export default defineConfig({
  build: {
    outDir: process.env.OUT ?? "../../service/barker/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // the Content-Security-Policy lets nothing in that is written into a page
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/v1": service, "/docs": service, "/openapi.json": service } },
});
