// Written by c4arch from evidence; the properties c4arch.* say which.
// Level 4 (resources) has no counterpart in this language: see model.json or index.html.
workspace "Nothing" "Collected at 2026-03-14T09:26:53Z" {
    model {
    }

    views {
        styles {
            element "Element" {
                color #ffffff
            }
            element "Person" {
                shape Person
                background #0b3d66
            }
            element "Software System" {
                background #155a92
            }
            element "Container" {
                background #2a70a9
            }
            element "Component" {
                background #7db4dd
                color #0b1f33
            }
            element "Deployment Node" {
                color #16212c
            }
            element "Infrastructure Node" {
                background #e6eaee
                color #16212c
            }
            element "Shape database" {
                shape Cylinder
            }
            element "Shape storage" {
                shape Cylinder
            }
            element "Shape cache" {
                shape Cylinder
            }
            element "Shape queue" {
                shape Pipe
            }
            element "Shape browser" {
                shape WebBrowser
            }
            element "Shape function" {
                shape Hexagon
            }
            element "Shape gateway" {
                shape Ellipse
            }
            element "Shape secret" {
                shape Folder
            }
            element "Shape network" {
                shape RoundedBox
            }
            element "Shape internet" {
                shape Ellipse
            }
            element "External" {
                background #63676e
                color #ffffff
            }
            element "inferred" {
                border dashed
            }
            element "unverified" {
                border dashed
            }
            relationship "Relationship" {
                color #4a5058
                style solid
            }
            relationship "Confidence high" {
                style dashed
            }
            relationship "Confidence may" {
                style dotted
            }
        }
    }
}
