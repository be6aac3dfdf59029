# Writes n resources of Terraform's built-in type terraform_data into dir, as a configuration and as the state that
# applying it would give. Each takes its input from the one at a tenth of its number, so that references form a tree.
BEGIN {
  state = dir "/terraform.tfstate"
  config = dir "/main.tf"
  printf "{\n  \"version\": 4,\n  \"terraform_version\": \"1.9.8\",\n  \"serial\": 1,\n" > state
  printf "  \"lineage\": \"2f1c6f1e-0000-4000-8000-000000000002\",\n  \"outputs\": {},\n  \"resources\": [" > state
  for (i = 0; i < n; i++) {
    from = "terraform_data.r" int(i / 10)
    value = i ? id(int(i / 10)) : "root"
    printf "resource \"terraform_data\" \"r%d\" {\n  input = %s\n}\n", i, i ? from ".id" : "\"root\"" > config
    printf "%s\n    {\n      \"mode\": \"managed\",\n      \"type\": \"terraform_data\",\n      \"name\": \"r%d\",\n", i ? "," : "", i > state
    printf "      \"provider\": \"provider[\\\"terraform.io/builtin/terraform\\\"]\",\n      \"instances\": [\n        {\n" > state
    printf "          \"schema_version\": 0,\n          \"attributes\": {\n            \"id\": \"%s\",\n", id(i) > state
    printf "            \"input\": {\n              \"value\": \"%s\",\n              \"type\": \"string\"\n            },\n", value > state
    printf "            \"output\": {\n              \"value\": \"%s\",\n              \"type\": \"string\"\n            },\n", value > state
    printf "            \"triggers_replace\": null\n          },\n          \"sensitive_attributes\": []" > state
    if (i) printf ",\n          \"dependencies\": [\n            \"%s\"\n          ]", from > state
    printf "\n        }\n      ]\n    }" > state
  }
  printf "\n  ],\n  \"check_results\": null\n}\n" > state
}
function id(i) { return sprintf("00000000-0000-4000-8000-%012d", i) }
