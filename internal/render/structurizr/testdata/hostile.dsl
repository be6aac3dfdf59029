// Written by c4arch from evidence; the properties c4arch.* say which.
// Level 4 (resources) has no counterpart in this language: see model.json or index.html.
workspace "</script><img src=x onerror=\"window.owned=1\">" "Collected at 2026-03-14T09:26:53Z from quote \" back∖slash ' tick `, line one line two tabbed" {
    model {
        system_script_img_src_x_onerror_window_owned_1 = softwareSystem "</script><img src=x onerror=\"window.owned=1\">" "line one line two tabbed" "" {
            properties {
                "c4arch.id" "system:</script><img src=x onerror=\"window.owned=1\">"
                "c4arch.kind" "softwareSystem"
                "c4arch.rule" "quote \" back∖slash ' tick `"
            }
            container_script_img_src_x_onerror_window_owned_1 = container "</script><img src=x onerror=\"window.owned=1\">" "</script><img src=x onerror=\"window.owned=1\">" "</script><img src=x onerror=\"window.owned=1\">" "</script><img src=x onerror=\"window.owned=1\">" {
                properties {
                    "c4arch.id" "container:0:</script><img src=x onerror=\"window.owned=1\">"
                    "c4arch.kind" "container"
                    "c4arch.rule" "</script><img src=x onerror=\"window.owned=1\">"
                    "c4arch.owner" "</script><img src=x onerror=\"window.owned=1\">"
                    "c4arch.type" "</script><img src=x onerror=\"window.owned=1\">"
                    "c4arch.evidence" "</script><img src=x onerror=\"window.owned=1\">:1 </script><img src=x onerror=\"window.owned=1\"> </script><img src=x onerror=\"window.owned=1\"> sha256:8b5a01f735218d9cbcdea34d30768d1522a930110b9504f3615184306492c76c"
                }
            }
            container_end = container "end" "end" "end" "end" {
                properties {
                    "c4arch.id" "container:10:end"
                    "c4arch.kind" "container"
                    "c4arch.rule" "end"
                    "c4arch.owner" "end"
                    "c4arch.type" "end"
                    "c4arch.evidence" "end:11 end end sha256:361e48d0308f20e32dba5fb56328baf18d72ef0ccb43b84f5c262d2a6a1fc6c8"
                }
            }
            container_graph = container "graph" "graph" "graph" "graph" {
                properties {
                    "c4arch.id" "container:11:graph"
                    "c4arch.kind" "container"
                    "c4arch.rule" "graph"
                    "c4arch.owner" "graph"
                    "c4arch.type" "graph"
                    "c4arch.evidence" "graph:12 graph graph sha256:eef93e1d14482804277fca0172464032d1a4fdbcc338524059fa1e861454ad4d"
                }
            }
            container_class = container "class" "class" "class" "class" {
                properties {
                    "c4arch.id" "container:12:class"
                    "c4arch.kind" "container"
                    "c4arch.rule" "class"
                    "c4arch.owner" "class"
                    "c4arch.type" "class"
                    "c4arch.evidence" "class:13 class class sha256:0889113e04d3203f0c401c17c0fd8b352b740dc607433779d3edcaa13320b001"
                }
            }
            container_this = container "this" "this" "this" "this" {
                properties {
                    "c4arch.id" "container:13:this"
                    "c4arch.kind" "container"
                    "c4arch.rule" "this"
                    "c4arch.owner" "this"
                    "c4arch.type" "this"
                    "c4arch.evidence" "this:14 this this sha256:1eb79602411ef02cf6fe117897015fff89f80face4eccd50425c45149b148408"
                }
            }
            container_4a75d9c3 = container "'->'" "'->'" "'->'" "'->'" {
                properties {
                    "c4arch.id" "container:14:->"
                    "c4arch.kind" "container"
                    "c4arch.rule" "'->'"
                    "c4arch.owner" "'->'"
                    "c4arch.type" "'->'"
                    "c4arch.evidence" "->:15 -> -> sha256:71b37b9a8a57b848ece344578aae47e20d4a7adef967e33f39e69aeb231340fd"
                }
            }
            container_constructor = container "constructor" "constructor" "constructor" "constructor" {
                properties {
                    "c4arch.id" "container:15:constructor"
                    "c4arch.kind" "container"
                    "c4arch.rule" "constructor"
                    "c4arch.owner" "constructor"
                    "c4arch.type" "constructor"
                    "c4arch.evidence" "constructor:16 constructor constructor sha256:e3c1703abf8a6b3df04dd30e184fe02bb6724f46830b544562ff083169371068"
                }
            }
            container_proto = container "__proto__" "__proto__" "__proto__" "__proto__" {
                properties {
                    "c4arch.id" "container:16:__proto__"
                    "c4arch.kind" "container"
                    "c4arch.rule" "__proto__"
                    "c4arch.owner" "__proto__"
                    "c4arch.type" "__proto__"
                    "c4arch.evidence" "__proto__:17 __proto__ __proto__ sha256:30e2af384186b57fda019524ade9f9afe48e815480b993d14ec8dc68251b592a"
                }
            }
            container_a_b_c_d = container "a:b;c|d" "a:b;c|d" "a:b;c|d" "a:b;c|d" {
                properties {
                    "c4arch.id" "container:17:a:b;c|d"
                    "c4arch.kind" "container"
                    "c4arch.rule" "a:b;c|d"
                    "c4arch.owner" "a:b;c|d"
                    "c4arch.type" "a:b;c|d"
                    "c4arch.evidence" "a:b;c|d:18 a:b;c|d a:b;c|d sha256:1e74eaebdb94c637fefe348365be16a5fa867ce416038a3482f3d75dc2d0fe49"
                }
            }
            container_9a357651 = container "container:18:" "" "" "" {
                properties {
                    "c4arch.id" "container:18:"
                    "c4arch.kind" "container"
                    "c4arch.evidence" ":19 sha256:36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068"
                }
            }
            container_script_window_owned_2_script = container "<!--<script>window.owned=2</script>" "<!--<script>window.owned=2</script>" "<!--<script>window.owned=2</script>" "<!--<script>window.owned=2</script>" {
                properties {
                    "c4arch.id" "container:1:<!--<script>window.owned=2</script>"
                    "c4arch.kind" "container"
                    "c4arch.rule" "<!--<script>window.owned=2</script>"
                    "c4arch.owner" "<!--<script>window.owned=2</script>"
                    "c4arch.type" "<!--<script>window.owned=2</script>"
                    "c4arch.evidence" "<!--<script>window.owned=2</script>:2 <!--<script>window.owned=2</script> <!--<script>window.owned=2</script> sha256:d95b661c576b69a45937ce7861ebf1712bd4eaeeea5813e20b8a5a54dbc8a26b"
                }
            }
            container_quote_back_slash_tick = container "quote \" back∖slash ' tick `" "quote \" back∖slash ' tick `" "quote \" back∖slash ' tick `" "quote \" back∖slash ' tick `" {
                properties {
                    "c4arch.id" "container:2:quote \" back∖slash ' tick `"
                    "c4arch.kind" "container"
                    "c4arch.rule" "quote \" back∖slash ' tick `"
                    "c4arch.owner" "quote \" back∖slash ' tick `"
                    "c4arch.type" "quote \" back∖slash ' tick `"
                    "c4arch.evidence" "quote \" back∖slash ' tick `:3 quote \" back∖slash ' tick ` quote \" back∖slash ' tick ` sha256:30afb94f9c6c6ebb52dc0769ce2353500cb1a9c79266192a3919521bf7183518"
                }
            }
            container_line_one_line_two_tabbed = container "line one line two tabbed" "line one line two tabbed" "line one line two tabbed" "line one line two tabbed" {
                properties {
                    "c4arch.id" "container:3:line one line two tabbed"
                    "c4arch.kind" "container"
                    "c4arch.rule" "line one line two tabbed"
                    "c4arch.owner" "line one line two tabbed"
                    "c4arch.type" "line one line two tabbed"
                    "c4arch.evidence" "line one line two tabbed:4 line one line two tabbed line one line two tabbed sha256:8cef541b968db25dfca1ae4cb9531c220963cfd4a272c170fc5078a6da8db90e"
                }
            }
            container_env_include_http_contoso_example_x_braces = container "$ {ENV} !include http://contoso.example/x {braces} }" "$ {ENV} !include http://contoso.example/x {braces} }" "$ {ENV} !include http://contoso.example/x {braces} }" "$ {ENV} !include http://contoso.example/x {braces} }" {
                properties {
                    "c4arch.id" "container:4:$ {ENV} !include http://contoso.example/x {braces} }"
                    "c4arch.kind" "container"
                    "c4arch.rule" "$ {ENV} !include http://contoso.example/x {braces} }"
                    "c4arch.owner" "$ {ENV} !include http://contoso.example/x {braces} }"
                    "c4arch.type" "$ {ENV} !include http://contoso.example/x {braces} }"
                    "c4arch.evidence" "$ {ENV} !include http://contoso.example/x {braces} }:5 $ {ENV} !include http://contoso.example/x {braces} } $ {ENV} !include http://contoso.example/x {braces} } sha256:b7d403826e605dc618515fe6649af26f8014201c1f279bc3c23072684481292b"
                }
            }
            container_quot_amp_x3c_3cscript_3e = container "#quot; &amp; &#x3c; %3Cscript%3E" "#quot; &amp; &#x3c; %3Cscript%3E" "#quot; &amp; &#x3c; %3Cscript%3E" "#quot; &amp; &#x3c; %3Cscript%3E" {
                properties {
                    "c4arch.id" "container:5:#quot; &amp; &#x3c; %3Cscript%3E"
                    "c4arch.kind" "container"
                    "c4arch.rule" "#quot; &amp; &#x3c; %3Cscript%3E"
                    "c4arch.owner" "#quot; &amp; &#x3c; %3Cscript%3E"
                    "c4arch.type" "#quot; &amp; &#x3c; %3Cscript%3E"
                    "c4arch.evidence" "#quot; &amp; &#x3c; %3Cscript%3E:6 #quot; &amp; &#x3c; %3Cscript%3E #quot; &amp; &#x3c; %3Cscript%3E sha256:a5a321ec7e21ac9e8e90c30a78cedcb0d54bc6762d9a9a34213f391b50255309"
                }
            }
            container_ltr_rtl = container "ltr rtl שלום مرحبا" "ltr rtl שלום مرحبا" "ltr rtl שלום مرحبا" "ltr rtl שלום مرحبا" {
                properties {
                    "c4arch.id" "container:6:ltr rtl שלום مرحبا"
                    "c4arch.kind" "container"
                    "c4arch.rule" "ltr rtl שלום مرحبا"
                    "c4arch.owner" "ltr rtl שלום مرحبا"
                    "c4arch.type" "ltr rtl שלום مرحبا"
                    "c4arch.evidence" "ltr rtl שלום مرحبا:7 ltr rtl שלום مرحبا ltr rtl שלום مرحبا sha256:07204979d804cbd99f5d4e5b39551fd29c022ec947fd242f16bf2257e0d6b885"
                }
            }
            container_emoji_and_combining_e = container "emoji 🛒🧾 and combining é" "emoji 🛒🧾 and combining é" "emoji 🛒🧾 and combining é" "emoji 🛒🧾 and combining é" {
                properties {
                    "c4arch.id" "container:7:emoji 🛒🧾 and combining é"
                    "c4arch.kind" "container"
                    "c4arch.rule" "emoji 🛒🧾 and combining é"
                    "c4arch.owner" "emoji 🛒🧾 and combining é"
                    "c4arch.type" "emoji 🛒🧾 and combining é"
                    "c4arch.evidence" "emoji 🛒🧾 and combining é:8 emoji 🛒🧾 and combining é emoji 🛒🧾 and combining é sha256:533f74bab133e9b72191628128089a71a7ae3f9b3b8c668325b0f8b63784cb29"
                }
            }
            container_line_separator_paragraph = container "line separator paragraph" "line separator paragraph" "line separator paragraph" "line separator paragraph" {
                properties {
                    "c4arch.id" "container:8:line separator paragraph"
                    "c4arch.kind" "container"
                    "c4arch.rule" "line separator paragraph"
                    "c4arch.owner" "line separator paragraph"
                    "c4arch.type" "line separator paragraph"
                    "c4arch.evidence" "line separator paragraph:9 line separator paragraph line separator paragraph sha256:c739e66fbe14ffb99a2fce8bc159f374d454824f52e06fbfa4effc56044bd131"
                }
            }
            container_long_name_long_name_long_name_long_name_long_nam = container "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name" {
                properties {
                    "c4arch.id" "container:9:long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name"
                    "c4arch.kind" "container"
                    "c4arch.rule" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name"
                    "c4arch.owner" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name"
                    "c4arch.type" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name"
                    "c4arch.evidence" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name :10 long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name sha256:47f2ae0c8c5e0148bb1b0e79187f296ea5b0bf37882f5731085246ba4055ef4d"
                }
            }
        }

        container_script_img_src_x_onerror_window_owned_1 -> container_script_window_owned_2_script "<!--<script>window.owned=2</script>" "<!--<script>window.owned=2</script>" "Confidence high" {
            properties {
                "c4arch.id" "rel-001"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "<!--<script>window.owned=2</script>:1 <!--<script>window.owned=2</script> <!--<script>window.owned=2</script> sha256:d95b661c576b69a45937ce7861ebf1712bd4eaeeea5813e20b8a5a54dbc8a26b"
            }
        }
        container_end -> container_graph "graph" "graph" "Confidence high" {
            properties {
                "c4arch.id" "rel-011"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "graph:11 graph graph sha256:eef93e1d14482804277fca0172464032d1a4fdbcc338524059fa1e861454ad4d"
            }
        }
        container_graph -> container_class "class" "class" "Confidence high" {
            properties {
                "c4arch.id" "rel-012"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "class:12 class class sha256:0889113e04d3203f0c401c17c0fd8b352b740dc607433779d3edcaa13320b001"
            }
        }
        container_class -> container_this "this" "this" "Confidence high" {
            properties {
                "c4arch.id" "rel-013"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "this:13 this this sha256:1eb79602411ef02cf6fe117897015fff89f80face4eccd50425c45149b148408"
            }
        }
        container_this -> container_4a75d9c3 "'->'" "'->'" "Confidence high" {
            properties {
                "c4arch.id" "rel-014"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "->:14 -> -> sha256:71b37b9a8a57b848ece344578aae47e20d4a7adef967e33f39e69aeb231340fd"
            }
        }
        container_4a75d9c3 -> container_constructor "constructor" "constructor" "Confidence high" {
            properties {
                "c4arch.id" "rel-015"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "constructor:15 constructor constructor sha256:e3c1703abf8a6b3df04dd30e184fe02bb6724f46830b544562ff083169371068"
            }
        }
        container_constructor -> container_proto "__proto__" "__proto__" "Confidence high" {
            properties {
                "c4arch.id" "rel-016"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "__proto__:16 __proto__ __proto__ sha256:30e2af384186b57fda019524ade9f9afe48e815480b993d14ec8dc68251b592a"
            }
        }
        container_proto -> container_a_b_c_d "a:b;c|d" "a:b;c|d" "Confidence high" {
            properties {
                "c4arch.id" "rel-017"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "a:b;c|d:17 a:b;c|d a:b;c|d sha256:1e74eaebdb94c637fefe348365be16a5fa867ce416038a3482f3d75dc2d0fe49"
            }
        }
        container_a_b_c_d -> container_9a357651 "" "" "Confidence high" {
            properties {
                "c4arch.id" "rel-018"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" ":18 sha256:36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068"
            }
        }
        container_script_window_owned_2_script -> container_quote_back_slash_tick "quote \" back∖slash ' tick `" "quote \" back∖slash ' tick `" "Confidence high" {
            properties {
                "c4arch.id" "rel-002"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "quote \" back∖slash ' tick `:2 quote \" back∖slash ' tick ` quote \" back∖slash ' tick ` sha256:30afb94f9c6c6ebb52dc0769ce2353500cb1a9c79266192a3919521bf7183518"
            }
        }
        container_quote_back_slash_tick -> container_line_one_line_two_tabbed "line one line two tabbed" "line one line two tabbed" "Confidence high" {
            properties {
                "c4arch.id" "rel-003"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "line one line two tabbed:3 line one line two tabbed line one line two tabbed sha256:8cef541b968db25dfca1ae4cb9531c220963cfd4a272c170fc5078a6da8db90e"
            }
        }
        container_line_one_line_two_tabbed -> container_env_include_http_contoso_example_x_braces "$ {ENV} !include http://contoso.example/x {braces} }" "$ {ENV} !include http://contoso.example/x {braces} }" "Confidence high" {
            properties {
                "c4arch.id" "rel-004"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "$ {ENV} !include http://contoso.example/x {braces} }:4 $ {ENV} !include http://contoso.example/x {braces} } $ {ENV} !include http://contoso.example/x {braces} } sha256:b7d403826e605dc618515fe6649af26f8014201c1f279bc3c23072684481292b"
            }
        }
        container_env_include_http_contoso_example_x_braces -> container_quot_amp_x3c_3cscript_3e "#quot; &amp; &#x3c; %3Cscript%3E" "#quot; &amp; &#x3c; %3Cscript%3E" "Confidence high" {
            properties {
                "c4arch.id" "rel-005"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "#quot; &amp; &#x3c; %3Cscript%3E:5 #quot; &amp; &#x3c; %3Cscript%3E #quot; &amp; &#x3c; %3Cscript%3E sha256:a5a321ec7e21ac9e8e90c30a78cedcb0d54bc6762d9a9a34213f391b50255309"
            }
        }
        container_quot_amp_x3c_3cscript_3e -> container_ltr_rtl "ltr rtl שלום مرحبا" "ltr rtl שלום مرحبا" "Confidence high" {
            properties {
                "c4arch.id" "rel-006"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "ltr rtl שלום مرحبا:6 ltr rtl שלום مرحبا ltr rtl שלום مرحبا sha256:07204979d804cbd99f5d4e5b39551fd29c022ec947fd242f16bf2257e0d6b885"
            }
        }
        container_ltr_rtl -> container_emoji_and_combining_e "emoji 🛒🧾 and combining é" "emoji 🛒🧾 and combining é" "Confidence high" {
            properties {
                "c4arch.id" "rel-007"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "emoji 🛒🧾 and combining é:7 emoji 🛒🧾 and combining é emoji 🛒🧾 and combining é sha256:533f74bab133e9b72191628128089a71a7ae3f9b3b8c668325b0f8b63784cb29"
            }
        }
        container_emoji_and_combining_e -> container_line_separator_paragraph "line separator paragraph" "line separator paragraph" "Confidence high" {
            properties {
                "c4arch.id" "rel-008"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "line separator paragraph:8 line separator paragraph line separator paragraph sha256:c739e66fbe14ffb99a2fce8bc159f374d454824f52e06fbfa4effc56044bd131"
            }
        }
        container_line_separator_paragraph -> container_long_name_long_name_long_name_long_name_long_nam "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name" "Confidence high" {
            properties {
                "c4arch.id" "rel-009"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name :9 long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name long name sha256:47f2ae0c8c5e0148bb1b0e79187f296ea5b0bf37882f5731085246ba4055ef4d"
            }
        }
        container_long_name_long_name_long_name_long_name_long_nam -> container_end "end" "end" "Confidence high" {
            properties {
                "c4arch.id" "rel-010"
                "c4arch.rule" "quote \" back∖slash ' tick `"
                "c4arch.confidence" "high"
                "c4arch.evidence" "end:10 end end sha256:361e48d0308f20e32dba5fb56328baf18d72ef0ccb43b84f5c262d2a6a1fc6c8"
            }
        }
    }

    views {
        container system_script_img_src_x_onerror_window_owned_1 "l2-hostile" "" {
            title "</script><img src=x onerror=\"window.owned=1\">"
            include container_4a75d9c3 container_9a357651 container_a_b_c_d container_class container_constructor container_emoji_and_combining_e container_end container_env_include_http_contoso_example_x_braces container_graph container_line_one_line_two_tabbed container_line_separator_paragraph container_long_name_long_name_long_name_long_name_long_nam container_ltr_rtl container_proto container_quot_amp_x3c_3cscript_3e container_quote_back_slash_tick container_script_img_src_x_onerror_window_owned_1 container_script_window_owned_2_script container_this
            autoLayout
        }
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
