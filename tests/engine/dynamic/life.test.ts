import { testLife } from "../life";

testLife("dynamic");
