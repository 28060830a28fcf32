// The contract in Swagger UI; what is tried out is sent as the person who is chosen, to the sandbox of the page.
"use strict";
const person = document.getElementById("person");
const people = [];

fetch("people?limit=1000")
  .then((answer) => answer.json())
  .then((found) => {
    for (const one of found.people) {
      let group = [...person.children].find((known) => known.label === one.api);
      if (!group) person.append((group = Object.assign(document.createElement("optgroup"), { label: one.api })));
      group.append(new Option([one.email, ...one.roles].join(", "), people.push(one) - 1));
    }
  });

window.ui = SwaggerUIBundle({
  urls: JSON.parse(document.getElementById("swagger-ui").dataset.urls),
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  showExtensions: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: "StandaloneLayout",
  requestInterceptor: (request) => {
    if (request.loadSpec) return request;
    if (person.value) Object.assign(request.headers, people[person.value].headers);
    request.headers["X-Mock-Sandbox"] = document.getElementById("sandbox").dataset.now;
    return request;
  },
});
