# One image for ingest and graph. The page is built first; the last stage holds no compiler, no Node and no test tool.
FROM node:24-slim AS page
WORKDIR /src
COPY orgraf/page/src orgraf/page/src
RUN cd orgraf/page/src && npm ci --ignore-scripts --no-audit --no-fund && npm run build

FROM python:3.13-slim AS build
WORKDIR /app
RUN pip install --no-cache-dir 'uv==0.13.*'
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-install-project
COPY . .
COPY --from=page /src/orgraf/page/static orgraf/page/static
RUN uv sync --frozen --no-dev

FROM python:3.13-slim
RUN useradd --system --home-dir /app orgraf
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
USER orgraf
EXPOSE 8000
ENTRYPOINT ["orgraf"]
CMD ["serve"]
