import { testLife } from "../life";

testLife("plugin");
