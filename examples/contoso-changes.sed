# Three changes to examples/contoso/azure/resource-graph.json, to see what drift makes of them.

# Dangerous: the rule that lets the web subnet reach SQL Server now lets everybody.
/networkSecurityGroups\/nsg-endpoints\/securityRules\/allow-web"/,/"direction"/ s|"sourceAddressPrefix": "10.20.0.0/24"|"sourceAddressPrefix": "*"|

# Harmless: the cache has another owner.
/"name": "redis-contoso-shop"/,/"system"/ s|"owner": "shop-team"|"owner": "basket-team"|

# Better: the container registry is closed to the Internet.
/"loginServer": "crcontoso.azurecr.io"/,/"zoneRedundancy"/ s|"publicNetworkAccess": "Enabled"|"publicNetworkAccess": "Disabled"|
