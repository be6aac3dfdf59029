package derive

// Compose: C1 and what a service is attached to.
var composeFixtures = []fixture{
	{
		rule: "C1 C1-ORDER C1-LINK C1-NET C1-OWN D-COMPOSE S-COMPOSE H-WORD",
		compose: `
name: shop
services:
  web:
    image: web
    depends_on: [cache]
    links: ["db:database"]
    networks: [front]
    volumes: ["data:/data"]
    environment:
      DB_URL: postgres://user@db:5432/orders
      CACHE_HOST: cache
      TOPIC: cache
      STATS_URL: https://stats.example.org/v1
      NOWHERE_URL: http://nowhere:8080
    command: ["serve", "--backend=http://db:5432"]
  db: {image: postgres:16, networks: [front]}
  cache: {image: redis:7, networks: [front]}
networks: {front: {}}
volumes: {data: {}}
`,
		want: `web --calls--> db (certain C1-LINK)
			web --calls--> db (certain C1-LINK)
			1 shown by C1-LINK
			web --starts after--> cache (certain C1-ORDER)
			web --calls--> cache (high C1)
			web --calls--> stats.example.org (high C1)
			unresolved C1 web environment.NOWHERE_URL
			hidden H-WORD web environment.TOPIC
			web on front (C1-NET)
			resource data in web
			db: container "PostgreSQL" C-SVC
			shop: softwareSystem "" S-COMPOSE`,
	},
	{
		rule: "C1", name: "a word without a port may be a service",
		compose: "name: shop\nservices:\n  web: {image: web, environment: {MODE: cache}}\n  cache: {image: redis}\n",
		want:    `web --calls--> cache (may C1)`,
	},
}
